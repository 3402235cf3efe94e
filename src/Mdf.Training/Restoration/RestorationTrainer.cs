using Mdf.Data;
using Mdf.Degradations;
using Mdf.Models.Adversarial;
using Mdf.Models.Restoration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using TorchSharp;
using static TorchSharp.torch;

namespace Mdf.Training;

/// <summary>
/// Trains a restoration network with any loss: phase 2 of the paper. Patches are cut from images at random, turned, degraded on the fly and
/// prepared in the background; Adam does the rest.
/// </summary>
/// <remarks>
/// <para>
/// Batch n depends on the seed and on n alone, and the state (network, Adam's moments, average, log position, best value) is saved every so
/// many steps: a training that goes on after a stop of whatever kind gives what it would have given without, bit for bit on one device
/// with one number of threads.
/// </para>
/// <para>
/// The output folder gets <c>state.safetensors</c>, <c>last.ckpt</c> and, with validation images, <c>best.ckpt</c> (that of the highest
/// PSNR), each complete or as it was before, and <c>log.csv</c>. The checkpoints are for <see cref="ModelZoo.Load"/>.
/// </para>
/// </remarks>
public sealed class RestorationTrainer
{
    private const int ColorChannels = 3;

    private readonly RestorationTrainingOptions options;
    private readonly ILogger logger;

    /// <summary>Takes the settings.</summary>
    /// <param name="options">Null for the defaults.</param>
    /// <param name="logger">Told what was resumed, and which images are left out; null for nobody.</param>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    public RestorationTrainer(RestorationTrainingOptions? options = null, ILogger? logger = null)
    {
        this.options = options ?? new RestorationTrainingOptions();
        this.options.Validate();
        this.logger = logger ?? NullLogger.Instance;
    }

    /// <summary>Trains a network, in place. This takes from minutes to days; see <paramref name="progress"/>.</summary>
    /// <param name="network">The network, which is moved to the device, and ends in evaluation mode with the trained weights.</param>
    /// <param name="loss">
    /// What to minimise, of restored images and references: one value a batch. A module that is moved to the device; it stays the caller's.
    /// </param>
    /// <param name="images">The images to learn from; those that are bad or too small are left out and reported.</param>
    /// <param name="degradation">What the network is to undo; it makes images smaller by the network's scale.</param>
    /// <param name="validation">The images to validate with; null for no validation.</param>
    /// <param name="outputFolder">
    /// The folder for checkpoints, log and state; it is made if it is not there. If it holds the state of such a training, that is gone on
    /// with. Null to write nothing.
    /// </param>
    /// <param name="metadata">
    /// What checkpoints are to say, besides and instead of <c>loss</c> (the class's name), <c>degradation</c> and <c>data</c>: the weights of
    /// the loss, for instance. A state is gone on with only if this is the same.
    /// </param>
    /// <param name="device">Where to compute; null for the CPU.</param>
    /// <param name="progress">Told after each step.</param>
    /// <param name="cancellation">Ends the training after the step, or in a validation; the state is saved.</param>
    /// <returns>How far it came.</returns>
    /// <exception cref="ArgumentException">
    /// The network is not of float32, the patch size is no multiple of its scale, the loss gives more than one value, or LPIPS is to validate
    /// a network of grey images.
    /// </exception>
    /// <exception cref="InvalidOperationException">
    /// The state in the folder is of another training, or the degradation does not fit the network's scale.
    /// </exception>
    /// <exception cref="Mdf.Checkpoints.CheckpointFormatException">The state file is damaged, or something else.</exception>
    /// <exception cref="IOException">
    /// No image can be used to train or to validate with, a file cannot be written (the first is written before the first step), or another
    /// training is using the folder: one that does has <c>state.safetensors.lock</c> there.
    /// </exception>
    /// <exception cref="UnauthorizedAccessException">The folder must not be written to.</exception>
    /// <exception cref="TrainingDivergedException">The loss or the weights are not finite any more; the last good state is kept.</exception>
    public RestorationTrainingResult Train(
        RestorationNetwork network,
        nn.Module<Tensor, Tensor, Tensor> loss,
        IImageSource images,
        Degradation degradation,
        IImageSource? validation = null,
        string? outputFolder = null,
        IReadOnlyDictionary<string, string>? metadata = null,
        Device? device = null,
        IProgress<RestorationTrainingProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        using var scope = NewDisposeScope();
        TrainingJob job = Job(network, loss, images, degradation, validation, outputFolder, metadata, device, progress);
        using var run = new RestorationRun(job, new SupervisedStep(network, loss, options));
        return run.Run(cancellation);
    }

    /// <summary>
    /// Trains a network as <see cref="Train"/> does, but against a discriminator that learns to tell restored images from references: SRGAN.
    /// The network minimises the loss and, weighted, the cross-entropy of being taken for real. The folder gets <c>discriminator.ckpt</c>
    /// too.
    /// </summary>
    /// <remarks>Ledig et al., CVPR 2017, begin with a network that was trained with a loss alone.</remarks>
    /// <param name="network">As in <see cref="Train"/>; of three channels.</param>
    /// <param name="discriminator">For images as large as the patches; it is trained in place, and moved to the device.</param>
    /// <param name="loss">As in <see cref="Train"/>: SRGAN's content loss.</param>
    /// <param name="images">As in <see cref="Train"/>.</param>
    /// <param name="degradation">As in <see cref="Train"/>.</param>
    /// <param name="validation">As in <see cref="Train"/>.</param>
    /// <param name="outputFolder">As in <see cref="Train"/>.</param>
    /// <param name="metadata">As in <see cref="Train"/>.</param>
    /// <param name="device">As in <see cref="Train"/>.</param>
    /// <param name="progress">As in <see cref="Train"/>.</param>
    /// <param name="cancellation">As in <see cref="Train"/>.</param>
    /// <returns>How far it came.</returns>
    /// <exception cref="ArgumentException">
    /// As in <see cref="Train"/>, or the discriminator is for images of another size than the patches, or the network for other channels.
    /// </exception>
    /// <exception cref="InvalidOperationException">As in <see cref="Train"/>.</exception>
    /// <exception cref="Mdf.Checkpoints.CheckpointFormatException">As in <see cref="Train"/>.</exception>
    /// <exception cref="IOException">As in <see cref="Train"/>.</exception>
    /// <exception cref="UnauthorizedAccessException">As in <see cref="Train"/>.</exception>
    /// <exception cref="TrainingDivergedException">As in <see cref="Train"/>.</exception>
    public RestorationTrainingResult TrainAdversarially(
        RestorationNetwork network,
        SrganDiscriminator discriminator,
        nn.Module<Tensor, Tensor, Tensor> loss,
        IImageSource images,
        Degradation degradation,
        IImageSource? validation = null,
        string? outputFolder = null,
        IReadOnlyDictionary<string, string>? metadata = null,
        Device? device = null,
        IProgress<RestorationTrainingProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(discriminator);
        if (discriminator.ImageSide != options.PatchSize)
        {
            throw new ArgumentException(
                $"The discriminator is for images of {discriminator.ImageSide} pixels each way; expected {options.PatchSize}, the patch size.", nameof(discriminator));
        }

        if (network.Channels != ColorChannels)
        {
            throw new ArgumentException($"The network has images of {network.Channels} channels; expected {ColorChannels}, those of the discriminator.", nameof(network));
        }

        using var scope = NewDisposeScope();
        TrainingJob job = Job(network, loss, images, degradation, validation, outputFolder, metadata, device, progress) with { Kind = "adversarial" };
        discriminator.to(job.Device);
        using var run = new RestorationRun(job, new AdversarialStep(network, discriminator, loss, options));
        return run.Run(cancellation);
    }

    private TrainingJob Job(
        RestorationNetwork network,
        nn.Module<Tensor, Tensor, Tensor> loss,
        IImageSource images,
        Degradation degradation,
        IImageSource? validation,
        string? outputFolder,
        IReadOnlyDictionary<string, string>? metadata,
        Device? device,
        IProgress<RestorationTrainingProgress>? progress)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(loss);
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(degradation);
        var job = new TrainingJob
        {
            Options = options,
            Network = network,
            Loss = loss,
            Images = images,
            Degradation = degradation,
            Validation = validation,
            OutputFolder = outputFolder,
            Metadata = metadata,
            Device = device ?? CPU,
            Progress = progress,
            Logger = logger,
        };
        job.Check();
        network.to(job.Device);
        loss.to(job.Device);
        return job;
    }
}
