using static Mdf.Training.SettingChecks;

namespace Mdf.Training.Restoration;

/// <summary>How a restoration network is trained. Values are checked when a trainer takes them.</summary>
public sealed record RestorationTrainingOptions
{
    /// <summary>Steps of the optimizer in all, at least 1. Default: 10,000.</summary>
    public int Steps { get; init; } = 10_000;

    /// <summary>Patches in a step, 1 to 4096. Default: 16.</summary>
    public int BatchSize { get; init; } = 16;

    /// <summary>
    /// The side of the reference patches in pixels, 8 to 4096, and a multiple of the network's scale; smaller images are left out.
    /// Default: 96.
    /// </summary>
    public int PatchSize { get; init; } = 96;

    /// <summary>Adam's learning rate, above 0. Default: 1e-4.</summary>
    public double LearningRate { get; init; } = 1e-4;

    /// <summary>Adam's decay of the mean gradient, 0 up to (not including) 1. Default: 0.9.</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>Adam's decay of the mean squared gradient, 0 up to (not including) 1. Default: 0.999.</summary>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>How the learning rate changes. Default: <see cref="LearningRateSchedule.Constant"/>.</summary>
    public LearningRateSchedule Schedule { get; init; } = LearningRateSchedule.Constant;

    /// <summary>
    /// The decay of an exponential moving average of the weights (and of what batch normalisation keeps), 0 up to (not including) 1: at each
    /// step the average becomes decay * average + (1 - decay) * weights. The average is what is validated, saved as checkpoints, and left in
    /// the network. Default: null, none.
    /// </summary>
    public double? EmaDecay { get; init; }

    /// <summary>The largest Euclidean norm of all gradients together, above 0; longer ones are scaled down to it. Default: null, no limit.</summary>
    public double? GradientClipNorm { get; init; }

    /// <summary>
    /// What the discriminator's opinion counts in <see cref="RestorationTrainer.TrainAdversarially"/>, 0 or more; without effect elsewhere.
    /// Default: 1e-3, as in SRGAN.
    /// </summary>
    public double AdversarialWeight { get; init; } = 1e-3;

    /// <summary>Steps between two validations, at least 1; the last step is always followed by one. Default: 1000.</summary>
    public int ValidationInterval { get; init; } = 1000;

    /// <summary>Steps between two saves of the state and the last checkpoint, at least 1; they are also saved at the end. Default: 500.</summary>
    public int SaveInterval { get; init; } = 500;

    /// <summary>
    /// Steps between two lines of the log, at least 1. Only then is the loss read from the device and checked: a line has the mean since the
    /// one before. Default: 50.
    /// </summary>
    public int LogInterval { get; init; } = 50;

    /// <summary>Of everything random. The same seed gives the same network on one device with one number of threads. Default: 1.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>
    /// The batches that are prepared ahead in the background, 0 to 64; with 0 each is made when it is needed. Default: null, for none where
    /// the CPU trains, as it has no cores to spare, and 4 elsewhere.
    /// </summary>
    public int? PrefetchDepth { get; init; }

    /// <summary>Whether the log is written for TensorBoard too, into the folder <c>tensorboard</c>. Default: false.</summary>
    public bool TensorBoard { get; init; }

    /// <summary>How validation measures. Default: the defaults of <see cref="RestorationEvaluationOptions"/>.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public RestorationEvaluationOptions Validation { get; init; } = new();

    /// <summary>Throws for what is out of range.</summary>
    internal void Validate()
    {
        Require(Steps >= 1, nameof(Steps), Steps, "at least 1");
        Require(BatchSize is >= 1 and <= 4096, nameof(BatchSize), BatchSize, "1 to 4096");
        Require(PatchSize is >= 8 and <= 4096, nameof(PatchSize), PatchSize, "8 to 4096");
        Require(double.IsFinite(LearningRate) && LearningRate > 0, nameof(LearningRate), LearningRate, "a number above 0");
        Require(Beta1 is >= 0 and < 1, nameof(Beta1), Beta1, "0 up to, not including, 1");
        Require(Beta2 is >= 0 and < 1, nameof(Beta2), Beta2, "0 up to, not including, 1");
        Require(Schedule is not null, nameof(Schedule), "null", "a schedule");
        Require(EmaDecay is null or (>= 0 and < 1), nameof(EmaDecay), EmaDecay, "null, or 0 up to, not including, 1");
        Require(GradientClipNorm is null || (double.IsFinite(GradientClipNorm.Value) && GradientClipNorm > 0), nameof(GradientClipNorm), GradientClipNorm, "null or a number above 0");
        Require(double.IsFinite(AdversarialWeight) && AdversarialWeight >= 0, nameof(AdversarialWeight), AdversarialWeight, "0 or more");
        Require(ValidationInterval >= 1, nameof(ValidationInterval), ValidationInterval, "at least 1");
        Require(SaveInterval >= 1, nameof(SaveInterval), SaveInterval, "at least 1");
        Require(LogInterval >= 1, nameof(LogInterval), LogInterval, "at least 1");
        Require(PrefetchDepth is null or (>= 0 and <= 64), nameof(PrefetchDepth), PrefetchDepth, "null, or 0 to 64");
        Require(Validation is not null, nameof(Validation), "null", "options");
        Require(Validation!.MaximumCount >= 1, nameof(RestorationEvaluationOptions.MaximumCount), Validation.MaximumCount, "at least 1");
    }
}
