namespace Mdf.Models.Perceptual;

/// <summary>
/// Feature extractor of AlexNet (Krizhevsky, "One weird trick for parallelizing convolutional neural networks", 2014), as in torchvision,
/// with the layers <c>relu1</c> to <c>relu5</c>, <c>pool1</c>, <c>pool2</c> and <c>pool5</c>.
/// </summary>
public sealed class AlexNetFeatures : FeatureNetwork
{
    /// <summary>Creates the network with random weights.</summary>
    /// <param name="neededLayers">
    /// Names of the layers whose features are needed, from <see cref="AllLayers"/>. Layers deeper than the deepest of these are left out.
    /// If empty, the network has all layers.
    /// </param>
    /// <exception cref="ArgumentException">A name is not a layer of the network.</exception>
    public AlexNetFeatures(params IReadOnlyList<string> neededLayers)
        : base(nameof(AlexNetFeatures), Steps(), neededLayers)
    {
    }

    /// <summary>Names of all layers of the complete network.</summary>
    public static IReadOnlyList<string> AllLayers { get; } = NamesOf(Steps());

    private protected override FeatureNetwork CreateAlike() => new AlexNetFeatures(Layers[^1]);

    private static FeatureStep[] Steps() =>
    [
        FeatureStep.Convolution(3, 64, kernel: 11, stride: 4, padding: 2),
        FeatureStep.Rectifier("relu1"),
        FeatureStep.Pool("pool1", kernel: 3, channels: 64),
        FeatureStep.Convolution(64, 192, kernel: 5, padding: 2),
        FeatureStep.Rectifier("relu2"),
        FeatureStep.Pool("pool2", kernel: 3, channels: 192),
        FeatureStep.Convolution(192, 384, kernel: 3, padding: 1),
        FeatureStep.Rectifier("relu3"),
        FeatureStep.Convolution(384, 256, kernel: 3, padding: 1),
        FeatureStep.Rectifier("relu4"),
        FeatureStep.Convolution(256, 256, kernel: 3, padding: 1),
        FeatureStep.Rectifier("relu5"),
        FeatureStep.Pool("pool5", kernel: 3, channels: 256),
    ];
}
