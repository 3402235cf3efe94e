using Mdf.Data;
using Mdf.Degradations;
using Mdf.Models.Adversarial;
using Mdf.Models.Restoration;
using Mdf.Training.Restoration;
using static TorchSharp.torch;

namespace Mdf.Training.Tests.Restoration;

/// <summary>Calls of the trainer in one line.</summary>
internal static class TrainerCalls
{
    public static RestorationTrainingResult Train(
        this RestorationTrainer trainer,
        RestorationNetwork network,
        nn.Module<Tensor, Tensor, Tensor> loss,
        IImageSource images,
        Degradation degradation,
        IImageSource? validation = null,
        string? outputFolder = null,
        IReadOnlyDictionary<string, string>? metadata = null,
        Device? device = null,
        IProgress<RestorationTrainingProgress>? progress = null,
        CancellationToken cancellation = default) =>
        trainer.Train(Input(network, loss, images, degradation, validation, outputFolder, metadata, device), progress, cancellation);

    public static RestorationTrainingResult TrainAdversarially(
        this RestorationTrainer trainer,
        RestorationNetwork network,
        SrganDiscriminator discriminator,
        nn.Module<Tensor, Tensor, Tensor> loss,
        IImageSource images,
        Degradation degradation,
        string? outputFolder = null,
        IProgress<RestorationTrainingProgress>? progress = null,
        CancellationToken cancellation = default) =>
        trainer.TrainAdversarially(
            Input(network, loss, images, degradation, outputFolder: outputFolder), discriminator, progress, cancellation);

    private static RestorationTrainingInput Input(
        RestorationNetwork network,
        nn.Module<Tensor, Tensor, Tensor> loss,
        IImageSource images,
        Degradation degradation,
        IImageSource? validation = null,
        string? outputFolder = null,
        IReadOnlyDictionary<string, string>? metadata = null,
        Device? device = null) => new()
        {
            Network = network,
            Loss = loss,
            Images = images,
            Degradation = degradation,
            Validation = validation,
            OutputFolder = outputFolder,
            Metadata = metadata,
            Device = device,
        };
}
