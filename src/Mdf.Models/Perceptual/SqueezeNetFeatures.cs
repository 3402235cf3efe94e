namespace Mdf.Models.Perceptual;

/// <summary>
/// Feature extractor of SqueezeNet 1.1 (Iandola et al., "SqueezeNet: AlexNet-level accuracy with 50x fewer parameters", 2016), as in
/// torchvision, with the layers <c>relu1</c>, <c>pool1</c>, <c>fire2</c>, <c>fire3</c>, <c>pool3</c>, <c>fire4</c>, <c>fire5</c>,
/// <c>pool5</c> and <c>fire6</c> to <c>fire9</c>.
/// </summary>
public sealed class SqueezeNetFeatures : FeatureNetwork
{
    /// <summary>Creates the network with random weights.</summary>
    /// <param name="neededLayers">
    /// Names of the layers whose features are needed, from <see cref="AllLayers"/>. Layers deeper than the deepest of these are left out.
    /// If empty, the network has all layers.
    /// </param>
    /// <exception cref="ArgumentException">A name is not a layer of the network.</exception>
    public SqueezeNetFeatures(params IReadOnlyList<string> neededLayers)
        : base(nameof(SqueezeNetFeatures), Steps(), neededLayers)
    {
    }

    /// <summary>Names of all layers of the complete network.</summary>
    public static IReadOnlyList<string> AllLayers { get; } = NamesOf(Steps());

    private protected override FeatureNetwork CreateAlike() => new SqueezeNetFeatures(Layers[^1]);

    private static FeatureStep[] Steps() =>
    [
        FeatureStep.Convolution(3, 64, kernel: 3, stride: 2),
        FeatureStep.Rectifier("relu1"),
        FeatureStep.Pool("pool1", kernel: 3, channels: 64, roundsUp: true),
        FeatureStep.Fire("fire2", 64, squeezed: 16, expanded: 64),
        FeatureStep.Fire("fire3", 128, squeezed: 16, expanded: 64),
        FeatureStep.Pool("pool3", kernel: 3, channels: 128, roundsUp: true),
        FeatureStep.Fire("fire4", 128, squeezed: 32, expanded: 128),
        FeatureStep.Fire("fire5", 256, squeezed: 32, expanded: 128),
        FeatureStep.Pool("pool5", kernel: 3, channels: 256, roundsUp: true),
        FeatureStep.Fire("fire6", 256, squeezed: 48, expanded: 192),
        FeatureStep.Fire("fire7", 384, squeezed: 48, expanded: 192),
        FeatureStep.Fire("fire8", 384, squeezed: 64, expanded: 256),
        FeatureStep.Fire("fire9", 512, squeezed: 64, expanded: 256),
    ];
}
