using static Mdf.Guards.Guard;

namespace Mdf.Training.Restoration;

/// <summary>Settings of <see cref="RestorationTrainer"/>, whose constructor checks them.</summary>
public sealed record RestorationTrainingOptions
{
    /// <summary>
    /// Total number of optimizer steps; at least 1. A training that resumes may have another number than before, at least the number of
    /// steps done: a finished training goes on with a larger one. Default: 10,000.
    /// </summary>
    public int Steps { get; init; } = 10_000;

    /// <summary>Number of patches per step, 1 to 4096. Default: 16.</summary>
    public int BatchSize { get; init; } = 16;

    /// <summary>
    /// Side of the reference patches in pixels, 8 to 4096, and a multiple of the network's scale. Smaller images are skipped.
    /// Default: 96.
    /// </summary>
    public int PatchSize { get; init; } = 96;

    /// <summary>Adam's learning rate; above 0. Default: 1e-4.</summary>
    public double LearningRate { get; init; } = 1e-4;

    /// <summary>Adam's decay rate of the mean gradient, in [0, 1). Default: 0.9.</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>Adam's decay rate of the mean squared gradient, in [0, 1). Default: 0.999.</summary>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>Learning rate schedule. Default: <see cref="LearningRateSchedule.Constant"/>.</summary>
    public LearningRateSchedule Schedule { get; init; } = LearningRateSchedule.Constant;

    /// <summary>
    /// Decay of an exponential moving average of the weights and of batch normalisation's statistics, in [0, 1). Each step sets the average
    /// to decay * average + (1 - decay) * weights. Validation, checkpoints and the trained network use the average. Default: null, no
    /// average.
    /// </summary>
    public double? EmaDecay { get; init; }

    /// <summary>
    /// Maximum joint Euclidean norm of all gradients, above 0; larger gradients are scaled down to this norm. Default: null, no limit.
    /// </summary>
    public double? GradientClipNorm { get; init; }

    /// <summary>
    /// Weight of the adversarial loss in <see cref="RestorationTrainer.TrainAdversarially"/>, 0 or more; without effect in
    /// <see cref="RestorationTrainer.Train"/>. Default: 1e-3, as in SRGAN.
    /// </summary>
    public double AdversarialWeight { get; init; } = 1e-3;

    /// <summary>Number of steps between two validations; at least 1. The last step is always validated. Default: 1000.</summary>
    public int ValidationInterval { get; init; } = 1000;

    /// <summary>
    /// Number of steps between two saves of the state and the latest checkpoint; at least 1. Both are also saved at the end. Default: 500.
    /// </summary>
    public int SaveInterval { get; init; } = 500;

    /// <summary>
    /// Number of steps between two log lines; at least 1. A line contains the mean loss since the previous line. Only for log lines is the
    /// loss read from the device and checked for divergence. Default: 50.
    /// </summary>
    public int LogInterval { get; init; } = 50;

    /// <summary>
    /// Seeds all random choices. The same seed gives the same network on one device with one number of threads. Default: 1.
    /// </summary>
    public long Seed { get; init; } = 1;

    /// <summary>
    /// Number of batches prepared ahead in the background, 0 to 64; 0 makes batches on demand. Default: null, for 0 when training on the
    /// CPU, which has no cores to spare, and 4 on other devices.
    /// </summary>
    public int? PrefetchDepth { get; init; }

    /// <summary>
    /// Whether all training images are decoded once before the first step, so that those that cannot be used are logged at once instead of
    /// when they are drawn. Takes as long as decoding the images; without effect on the result. Default: true.
    /// </summary>
    public bool CheckImages { get; init; } = true;

    /// <summary>Whether the log is also written for TensorBoard, into the subfolder <c>tensorboard</c>. Default: false.</summary>
    public bool TensorBoard { get; init; }

    /// <summary>Settings of the validation. Default: the defaults of <see cref="RestorationEvaluationOptions"/>.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public RestorationEvaluationOptions Validation { get; init; } = new();

    /// <summary>Throws an exception if a setting is out of its range.</summary>
    internal void Validate()
    {
        Require(Steps >= 1, Steps, "at least 1", nameof(Steps));
        Require(BatchSize is >= 1 and <= 4096, BatchSize, "1 to 4096", nameof(BatchSize));
        Require(PatchSize is >= 8 and <= 4096, PatchSize, "8 to 4096", nameof(PatchSize));
        Require(double.IsFinite(LearningRate) && LearningRate > 0, LearningRate, "a number above 0", nameof(LearningRate));
        Require(Beta1 is >= 0 and < 1, Beta1, "0 up to, not including, 1", nameof(Beta1));
        Require(Beta2 is >= 0 and < 1, Beta2, "0 up to, not including, 1", nameof(Beta2));
        Require(Schedule is not null, "null", "a schedule", nameof(Schedule));
        Require(EmaDecay is null or (>= 0 and < 1), EmaDecay, "null, or 0 up to, not including, 1", nameof(EmaDecay));
        Require(
            GradientClipNorm is null || (double.IsFinite(GradientClipNorm.Value) && GradientClipNorm > 0),
            GradientClipNorm,
            "null or a number above 0",
            nameof(GradientClipNorm));
        Require(double.IsFinite(AdversarialWeight) && AdversarialWeight >= 0, AdversarialWeight, "0 or more", nameof(AdversarialWeight));
        Require(ValidationInterval >= 1, ValidationInterval, "at least 1", nameof(ValidationInterval));
        Require(SaveInterval >= 1, SaveInterval, "at least 1", nameof(SaveInterval));
        Require(LogInterval >= 1, LogInterval, "at least 1", nameof(LogInterval));
        Require(PrefetchDepth is null or (>= 0 and <= 64), PrefetchDepth, "null, or 0 to 64", nameof(PrefetchDepth));
        Require(Validation is not null, "null", "options", nameof(Validation));
        Require(Validation!.MaximumCount >= 1, Validation.MaximumCount, "at least 1", nameof(RestorationEvaluationOptions.MaximumCount));
    }
}
