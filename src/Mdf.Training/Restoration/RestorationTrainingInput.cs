using Mdf.Data;
using Mdf.Degradations;
using Mdf.Models.Restoration;
using static TorchSharp.torch;

namespace Mdf.Training.Restoration;

/// <summary>Names the network, loss and images of one training of a <see cref="RestorationTrainer"/>, and where its files go.</summary>
public sealed record RestorationTrainingInput
{
    /// <summary>
    /// Network to train, with float32 weights. It is moved to <see cref="Device"/> and ends in evaluation mode with the trained weights.
    /// </summary>
    public required RestorationNetwork Network { get; init; }

    /// <summary>
    /// Loss to minimise, called with restored images and references; it returns one value a batch. It is moved to <see cref="Device"/>, and
    /// the caller
    /// disposes it.
    /// </summary>
    public required nn.Module<Tensor, Tensor, Tensor> Loss { get; init; }

    /// <summary>
    /// Images to learn from, which <see cref="Degradation"/> degrades; null with <see cref="Pairs"/>. Unreadable or too small ones are
    /// skipped and reported.
    /// </summary>
    public IImageSource? Images { get; init; }

    /// <summary>
    /// Degradation that the network learns to undo. It reduces the images' size by the network's scale. Null if no images are degraded.
    /// </summary>
    public Degradation? Degradation { get; init; }

    /// <summary>Pairs of degraded and reference images to learn from, instead of <see cref="Images"/>. Default: null.</summary>
    public IImagePairSource? Pairs { get; init; }

    /// <summary>Images to validate with, which <see cref="Degradation"/> degrades; null for none. Default: null.</summary>
    public IImageSource? Validation { get; init; }

    /// <summary>Pairs of degraded and reference images to validate with, instead of <see cref="Validation"/>. Default: null.</summary>
    public IImagePairSource? ValidationPairs { get; init; }

    /// <summary>
    /// Folder for checkpoints, log and state, created if missing. Training resumes from a state found there. Null writes nothing. Default:
    /// null.
    /// </summary>
    public string? OutputFolder { get; init; }

    /// <summary>
    /// Entries for the checkpoints' metadata, in addition to and instead of <c>loss</c> (the class's name), <c>degradation</c> and
    /// <c>data</c>; for
    /// instance the weights of the loss. A state is resumed only if they are equal. Default: null.
    /// </summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    /// <summary>
    /// Device to train on; null for the CPU. In a <see cref="Group"/>, <c>CUDA</c> without a number is the GPU of the process's
    /// <see cref="IProcessGroup.LocalRank"/>. Default: null.
    /// </summary>
    public Device? Device { get; init; }

    /// <summary>
    /// Processes that train the network together, each with an equal network, loss and data; null for this process alone. Each process
    /// takes its share of every batch, which <see cref="RestorationTrainingOptions.BatchSize"/> counts over all processes, and of the
    /// validation images. The loss must be a mean over images. Only the process of rank 0 uses <see cref="OutputFolder"/>. A failure of
    /// one process ends all by <see cref="IProcessGroup.Abort"/>. Default: null.
    /// </summary>
    public IProcessGroup? Group { get; init; }

    /// <summary>Returns the training pairs.</summary>
    /// <param name="minimumContrast">Smallest standard deviation of a patch.</param>
    internal ImagePairs TrainingPairs(double minimumContrast) => Combined(Pairs, Images, minimumContrast)!;

    /// <summary>Returns the validation pairs; null for no validation.</summary>
    internal ImagePairs? ValidatedPairs() => Combined(ValidationPairs, Validation);

    private ImagePairs? Combined(IImagePairSource? pairs, IImageSource? images, double minimumContrast = 0) =>
        pairs is not null ? new ImagePairs(pairs, Network.Scale, Network.Channels) { MinimumContrast = minimumContrast }
        : images is not null ? new ImagePairs(images, Degradation!, Network.Scale, Network.Channels) { MinimumContrast = minimumContrast }
        : null;
}
