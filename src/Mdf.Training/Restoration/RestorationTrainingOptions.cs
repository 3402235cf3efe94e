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
    /// Number of parts, 1 to <see cref="BatchSize"/>, that each batch is divided into. Their gradients are averaged, so the memory is that
    /// of one part and the step that of the whole batch, up to rounding. Batch normalisation sees one part at a time. The loss must be a
    /// mean over images. Default: 1.
    /// </summary>
    public int BatchParts { get; init; } = 1;

    /// <summary>
    /// Side of the reference patches in pixels, 8 to 4096, and a multiple of the network's scale. Smaller images are skipped.
    /// Default: 96.
    /// </summary>
    public int PatchSize { get; init; } = 96;

    /// <summary>
    /// Smallest standard deviation of a patch's reference values, 0 to 0.5, such as 0.02 to avoid flat sky. Flatter patches are drawn again
    /// at another place of the image, ten times at most. Default: 0, which takes every patch.
    /// </summary>
    public double MinimumContrast { get; init; }

    /// <summary>
    /// Sizes of patches and batches that replace <see cref="PatchSize"/> and <see cref="BatchSize"/> from certain steps on (progressive
    /// training), in ascending order of steps. Images smaller than the largest patch are skipped from the start. Default: none.
    /// </summary>
    public IReadOnlyList<RestorationTrainingStage> Stages { get; init; } = [];

    /// <summary>
    /// Weights and biases that are not trained: names as in the checkpoint, such as <c>head.weight</c>, or their beginnings up to a dot,
    /// such as <c>head</c>. Batch normalisation's statistics are updated all the same. Default: none.
    /// </summary>
    public IReadOnlyList<string> Frozen { get; init; } = [];

    /// <summary>
    /// Type of the network's forward and backward pass; <see cref="RestorationTrainer.Train"/> only. Default:
    /// <see cref="RestorationPrecision.Full"/>.
    /// </summary>
    public RestorationPrecision Precision { get; init; }

    /// <summary>Adam's learning rate; above 0. Default: 1e-4.</summary>
    public double LearningRate { get; init; } = 1e-4;

    /// <summary>Adam's decay rate of the mean gradient, in [0, 1). Default: 0.9.</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>Adam's decay rate of the mean squared gradient, in [0, 1). Default: 0.999.</summary>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>
    /// Decoupled weight decay, at least 0: each step first multiplies trained weights by 1 - learning rate * decay, as AdamW does
    /// (Loshchilov and Hutter 2019). Default: 0, plain Adam.
    /// </summary>
    public double WeightDecay { get; init; }

    /// <summary>Learning rate schedule. Default: <see cref="LearningRateSchedule.Constant"/>.</summary>
    public LearningRateSchedule Schedule { get; init; } = LearningRateSchedule.Constant;

    /// <summary>
    /// Decay of an exponential moving average of the weights and of batch normalisation's statistics, in [0, 1). Each step sets the average
    /// to d * average + (1 - d) * weights, where d is the decay, or (1 + n) / (10 + n) after n steps where that is less: the average
    /// forgets the initial weights. Validation, checkpoints and the trained network use the average. Default: null, no average.
    /// </summary>
    public double? EmaDecay { get; init; }

    /// <summary>
    /// Maximum joint Euclidean norm of all gradients, above 0; larger gradients are scaled down to this norm. Default: null, no limit.
    /// </summary>
    public double? GradientClipNorm { get; init; }

    /// <summary>
    /// Largest magnitude of each element of the gradients, above 0; applied before <see cref="GradientClipNorm"/>. Default: null, no limit.
    /// </summary>
    public double? GradientClipValue { get; init; }

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
    /// Number of background threads that prepare batches, 1 to 64; no more than <see cref="PrefetchDepth"/> are used. The batches do not
    /// depend on it. Default: null, for half the number of logical processors, at most 4.
    /// </summary>
    public int? PrefetchWorkers { get; init; }

    /// <summary>
    /// Whether all training images are decoded once before the first step, so that those that cannot be used are logged at once instead of
    /// when they are drawn. Takes as long as decoding the images; without effect on the result. Default: true.
    /// </summary>
    public bool CheckImages { get; init; } = true;

    /// <summary>Whether the log is also written for TensorBoard, into the subfolder <c>tensorboard</c>. Default: false.</summary>
    public bool TensorBoard { get; init; }

    /// <summary>
    /// Number of validation images whose middle, 96 pixels wide, is written at each validation, 0 to 64: degraded, restored and reference
    /// side by side, into the subfolder <c>patches</c> and, with <see cref="TensorBoard"/>, for TensorBoard. Needs images of 1 or 3
    /// channels with sides of at least 96 pixels. Default: 0.
    /// </summary>
    public int ValidationPatches { get; init; }

    /// <summary>Settings of the validation. Default: the defaults of <see cref="RestorationEvaluationOptions"/>.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public RestorationEvaluationOptions Validation { get; init; } = new();

    /// <summary>
    /// Name of the metric whose best validation is kept as <c>best.ckpt</c>: <c>psnr</c>, <c>ssim</c>, <c>lpips</c> or the name of one of
    /// <see cref="RestorationEvaluationOptions.Additional"/>. Default: <c>psnr</c>.
    /// </summary>
    public string BestBy { get; init; } = "psnr";

    /// <summary>Throws an exception if a setting is out of its range.</summary>
    internal void Validate()
    {
        Require(Steps >= 1, Steps, "at least 1", nameof(Steps));
        Require(BatchSize is >= 1 and <= 4096, BatchSize, "1 to 4096", nameof(BatchSize));
        Require(BatchParts >= 1 && BatchParts <= BatchSize, BatchParts, $"1 to {BatchSize}, the batch size", nameof(BatchParts));
        Require(PatchSize is >= 8 and <= 4096, PatchSize, "8 to 4096", nameof(PatchSize));
        string precisions = string.Join(", ", Enum.GetNames<RestorationPrecision>());
        Require(Enum.IsDefined(Precision), Precision, $"one of {precisions}", nameof(Precision));
        Require(double.IsFinite(LearningRate) && LearningRate > 0, LearningRate, "a number above 0", nameof(LearningRate));
        Require(Beta1 is >= 0 and < 1, Beta1, "0 up to, not including, 1", nameof(Beta1));
        Require(Beta2 is >= 0 and < 1, Beta2, "0 up to, not including, 1", nameof(Beta2));
        Require(double.IsFinite(WeightDecay) && WeightDecay >= 0, WeightDecay, "0 or more", nameof(WeightDecay));
        Require(Frozen is not null, "null", "names", nameof(Frozen));
        Require(MinimumContrast is >= 0 and <= 0.5, MinimumContrast, "0 to 0.5", nameof(MinimumContrast));
        ValidateStages();
        Require(Schedule is not null, "null", "a schedule", nameof(Schedule));
        Require(EmaDecay is null or (>= 0 and < 1), EmaDecay, "null, or 0 up to, not including, 1", nameof(EmaDecay));
        Require(
            GradientClipNorm is null || (double.IsFinite(GradientClipNorm.Value) && GradientClipNorm > 0),
            GradientClipNorm,
            "null or a number above 0",
            nameof(GradientClipNorm));
        Require(
            GradientClipValue is null || (double.IsFinite(GradientClipValue.Value) && GradientClipValue > 0),
            GradientClipValue,
            "null or a number above 0",
            nameof(GradientClipValue));
        Require(double.IsFinite(AdversarialWeight) && AdversarialWeight >= 0, AdversarialWeight, "0 or more", nameof(AdversarialWeight));
        Require(ValidationInterval >= 1, ValidationInterval, "at least 1", nameof(ValidationInterval));
        Require(SaveInterval >= 1, SaveInterval, "at least 1", nameof(SaveInterval));
        Require(LogInterval >= 1, LogInterval, "at least 1", nameof(LogInterval));
        Require(PrefetchDepth is null or (>= 0 and <= 64), PrefetchDepth, "null, or 0 to 64", nameof(PrefetchDepth));
        Require(PrefetchWorkers is null or (>= 1 and <= 64), PrefetchWorkers, "null, or 1 to 64", nameof(PrefetchWorkers));
        Require(ValidationPatches is >= 0 and <= 64, ValidationPatches, "0 to 64", nameof(ValidationPatches));
        Require(Validation is not null, "null", "options", nameof(Validation));
        Validation!.Validate();
        string[] measured = [.. MeasuredNames()];
        Require(measured.Contains(BestBy), BestBy, $"a metric that is measured: {string.Join(", ", measured)}", nameof(BestBy));
    }

    /// <summary>The patch sizes of all stages, the first one first.</summary>
    internal IEnumerable<int> PatchSizes() => Stages.Select(stage => stage.PatchSize).Prepend(PatchSize);

    /// <summary>Returns the sizes of a step's batch.</summary>
    /// <param name="done">Number of steps done before.</param>
    internal RestorationTrainingStage StageAt(int done) =>
        Stages.LastOrDefault(stage => stage.FromStep <= done) ?? new RestorationTrainingStage(0, PatchSize, BatchSize);

    /// <summary>Whether a validation is better than another by <see cref="BestBy"/>.</summary>
    internal bool IsBetter(double value, double other) =>
        BestBy != "lpips" && (Validation.Additional.FirstOrDefault(metric => metric.Name == BestBy)?.HigherIsBetter ?? true)
            ? value > other
            : value < other;

    // Names of what validations measure.
    private IEnumerable<string> MeasuredNames() => RestorationScores.Usual
        .Where(name => name != "lpips" || Validation.Lpips is not null)
        .Concat(Validation.Additional.Select(metric => metric.Name));

    private void ValidateStages()
    {
        Require(Stages is not null && !Stages.Contains(null), "null", "stages", nameof(Stages));
        int before = 0;
        foreach (RestorationTrainingStage stage in Stages!)
        {
            bool isFit = stage.FromStep > before
                && stage.PatchSize is >= 8 and <= 4096
                && stage.BatchSize >= BatchParts
                && stage.BatchSize <= 4096;
            Require(
                isFit,
                stage,
                $"a step above {before}, patches of 8 to 4096 pixels and batches of {BatchParts} to 4096",
                nameof(Stages));
            before = stage.FromStep;
        }
    }
}
