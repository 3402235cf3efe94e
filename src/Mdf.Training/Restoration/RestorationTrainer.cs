using Mdf.Guards;
using Mdf.Models.Adversarial;
using Mdf.Models.Restoration;
using Mdf.TorchCompatibility;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using TorchSharp;
using static TorchSharp.torch;

namespace Mdf.Training.Restoration;

/// <summary>Trains a restoration network with any loss (phase 2 of the paper).</summary>
/// <remarks>
/// <para>
/// Patches are cut from random places of random images, flipped and rotated, degraded on the fly and prepared in the background. Adam
/// updates the
/// network.
/// </para>
/// <para>
/// Batch n depends on the seed and on n alone. The state (network, Adam's moments, moving average, log position, best value) is saved at
/// intervals. A
/// training that resumes after any stop gives the weights that an uninterrupted one gives, bit for bit on one device with one number of
/// threads.
/// </para>
/// <para>
/// The output folder receives <c>state.safetensors</c>, <c>last.ckpt</c>, <c>log.csv</c> and, with validation images, <c>best.ckpt</c>
/// (highest PSNR). Nothing is written before the first step is done.
/// Each file is complete or as it was before. Load the checkpoints with <see cref="ModelZoo.Load(string)"/>.
/// </para>
/// </remarks>
public sealed class RestorationTrainer
{
    private const int ColorChannels = 3;

    private readonly RestorationTrainingOptions options;
    private readonly ILogger logger;

    /// <summary>Creates a trainer.</summary>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <param name="logger">Logs resumption and skipped images; null disables logging.</param>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    public RestorationTrainer(RestorationTrainingOptions? options = null, ILogger? logger = null)
    {
        this.options = options ?? new RestorationTrainingOptions();
        this.options.Validate();
        this.logger = logger ?? NullLogger.Instance;
    }

    /// <summary>Reads how far the training has come whose state is saved in a folder.</summary>
    /// <param name="outputFolder">The training's output folder; it need not exist.</param>
    /// <returns>The progress; null if the folder holds no state with at least one step done.</returns>
    /// <exception cref="Mdf.Checkpoints.CheckpointFormatException">The state file is damaged or is not a training state.</exception>
    /// <exception cref="IOException">The state file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The process has no permission to read the state file.</exception>
    public static SavedRestorationTraining? FindSaved(string outputFolder)
    {
        ArgumentException.ThrowIfNullOrEmpty(outputFolder);
        return RestorationState.Find(outputFolder);
    }

    /// <summary>Trains a network in place. This takes minutes to days; <paramref name="progress"/> reports after each step.</summary>
    /// <param name="input">The network, the loss, the images and the output folder.</param>
    /// <param name="progress">Receives a report after each step; null for none.</param>
    /// <param name="cancellation">Ends the training after the current step, or during a validation; the state is saved.</param>
    /// <returns>The number of steps done, and the scores of the validation.</returns>
    /// <exception cref="ArgumentException">
    /// The network's weights are not float32, a patch size is not a multiple of its scale, the loss returns more than one value, a frozen
    /// weight does not exist, the network has a layer that the precision excludes, or LPIPS is to validate a network of grey images.
    /// </exception>
    /// <exception cref="NotSupportedException">
    /// The device cannot compute gradients in <see cref="RestorationTrainingOptions.Precision"/>.
    /// </exception>
    /// <exception cref="TrainingStateException">
    /// The state in the folder belongs to another training, or has more steps done than <see cref="RestorationTrainingOptions.Steps"/>.
    /// </exception>
    /// <exception cref="InvalidOperationException">The degradation does not fit the network's scale.</exception>
    /// <exception cref="Mdf.Checkpoints.CheckpointFormatException">The state file is damaged or is not a training state.</exception>
    /// <exception cref="IOException">
    /// No image can be used for training or validation, a file cannot be written (all are written after the first step), or another
    /// training uses the folder (it holds <c>state.safetensors.lock</c>).
    /// </exception>
    /// <exception cref="UnauthorizedAccessException">The folder must not be written to.</exception>
    /// <exception cref="TrainingDivergedException">
    /// The loss or a weight became NaN or infinite; the last good state is kept. All processes of a group throw it.
    /// </exception>
    public RestorationTrainingResult Train(
        RestorationTrainingInput input, IProgress<RestorationTrainingProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(input);
        return Together(input, () =>
        {
            using var scope = NewDisposeScope();
            using var mode = InferenceMode.Leave();
            using var gradients = enable_grad();
            using var team = new TrainingTeam(input.Group, cancellation);
            TrainingJob job = Prepare(input, "supervised", progress, team);
            using var frozen = Freezing.Of(input, options.Frozen);
            using var loop = new RestorationLoop(job, new SupervisedStep(input.Network, input.Loss, options, team));
            return loop.Run(cancellation);
        });
    }

    /// <summary>Trains a network against a discriminator that learns to tell restored images from references (SRGAN).</summary>
    /// <remarks>
    /// The network minimises the loss plus the weighted cross-entropy of being taken for real. The output folder also receives
    /// <c>discriminator.ckpt</c>. Ledig et al. (CVPR 2017) start from a network that was trained with a loss alone.
    /// </remarks>
    /// <param name="input">The network (three channels), SRGAN's content loss, the images and the output folder.</param>
    /// <param name="discriminator">The discriminator, for images of the patch size. It is trained in place and moved to the device.</param>
    /// <param name="progress">Receives a report after each step; null for none.</param>
    /// <param name="cancellation">Ends the training after the current step, or during a validation; the state is saved.</param>
    /// <returns>The number of steps done, and the scores of the validation.</returns>
    /// <exception cref="ArgumentException">
    /// The discriminator takes another image size than the patches, batches are divided, patches change their size, the precision is not
    /// full, the network does not have three channels, or for a reason of <see cref="Train"/>.
    /// </exception>
    /// <exception cref="TrainingStateException">
    /// The state in the folder belongs to another training, or has more steps done than <see cref="RestorationTrainingOptions.Steps"/>.
    /// </exception>
    /// <exception cref="InvalidOperationException">The degradation does not fit the network's scale.</exception>
    /// <exception cref="Mdf.Checkpoints.CheckpointFormatException">The state file is damaged or is not a training state.</exception>
    /// <exception cref="IOException">No image can be used, a file cannot be written, or another training uses the folder.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder must not be written to.</exception>
    /// <exception cref="TrainingDivergedException">The loss or a weight became NaN or infinite; the last good state is kept.</exception>
    public RestorationTrainingResult TrainAdversarially(
        RestorationTrainingInput input,
        SrganDiscriminator discriminator,
        IProgress<RestorationTrainingProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(discriminator);
        if (discriminator.ImageSide != options.PatchSize)
        {
            throw new ArgumentException(
                $"The discriminator is for images of {discriminator.ImageSide} pixels each way; "
                + $"expected {options.PatchSize}, the patch size.",
                nameof(discriminator));
        }

        if (options.BatchParts > 1 || options.PatchSizes().Any(size => size != options.PatchSize))
        {
            throw new ArgumentException(
                $"The settings divide batches or change the patch size; expected {nameof(options.BatchParts)} 1 and one patch size, "
                + "because the discriminator learns from whole batches of one size.",
                nameof(discriminator));
        }

        if (options.Precision != RestorationPrecision.Full)
        {
            throw new ArgumentException(
                $"{nameof(options.Precision)} is {options.Precision}; expected {RestorationPrecision.Full} for adversarial training.",
                nameof(discriminator));
        }

        if (input.Network?.Channels is not (null or ColorChannels))
        {
            throw new ArgumentException(
                $"The network has images of {input.Network.Channels} channels; expected {ColorChannels}, those of the discriminator.",
                nameof(input));
        }

        return Together(input, () =>
        {
            using var scope = NewDisposeScope();
            using var mode = InferenceMode.Leave();
            using var gradients = enable_grad();
            using var team = new TrainingTeam(input.Group, cancellation);
            TrainingJob job = Prepare(input, "adversarial", progress, team);
            discriminator.to(job.Device);
            using var frozen = Freezing.Of(input, options.Frozen);
            using var loop = new RestorationLoop(job, new AdversarialStep(input.Network!, discriminator, input.Loss, options, team));
            return loop.Run(cancellation);
        });
    }

    // A process that fails alone would leave the others waiting. All of them find a divergence in the same step.
    private static RestorationTrainingResult Together(RestorationTrainingInput input, Func<RestorationTrainingResult> train)
    {
        try
        {
            return train();
        }
        catch (Exception e) when (input.Group is { Size: > 1 } && e is not TrainingDivergedException)
        {
            input.Group.Abort(e.Message);
            throw;
        }
    }

    private TrainingJob Prepare(
        RestorationTrainingInput input, string kind, IProgress<RestorationTrainingProgress>? progress, TrainingTeam team)
    {
        Guard.Require(input.Network is not null, "null", "a network", nameof(input.Network), nameof(input));
        Guard.Require(input.Loss is not null, "null", "a loss", nameof(input.Loss), nameof(input));
        RequireData(input);
        var job = new TrainingJob
        {
            Kind = kind,
            Options = options,
            Input = team.Rank == 0 ? input : input with { OutputFolder = null },
            Progress = progress,
            Logger = logger,
            Team = team,
            Device = DeviceOf(input),
        };
        job.Check();
        job.RequireAgreement();
        input.Network!.to(job.Device);
        input.Loss!.to(job.Device);
        return job;
    }

    private static Device DeviceOf(RestorationTrainingInput input) =>
        input is { Group: { Size: > 1 } group, Device: { type: DeviceType.CUDA, index: < 0 } }
            ? new Device(DeviceType.CUDA, group.LocalRank % cuda.device_count())
            : input.Device ?? CPU;

    private static void RequireData(RestorationTrainingInput input)
    {
        Guard.Require(
            (input.Images is null) != (input.Pairs is null),
            input.Images is null ? "null" : $"images besides {nameof(input.Pairs)}",
            $"images, or {nameof(input.Pairs)} instead",
            nameof(input.Images),
            nameof(input));
        Guard.Require(
            input.Validation is null || input.ValidationPairs is null,
            $"images besides {nameof(input.ValidationPairs)}",
            "one of the two",
            nameof(input.Validation),
            nameof(input));
        Guard.Require(
            input.Degradation is not null || (input.Images is null && input.Validation is null),
            "null",
            $"a degradation for {(input.Images is null ? nameof(input.Validation) : nameof(input.Images))}",
            nameof(input.Degradation),
            nameof(input));
    }
}
