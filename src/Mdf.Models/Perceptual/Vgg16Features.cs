namespace Mdf.Models.Perceptual;

/// <summary>
/// Feature extractor of VGG-16 (Simonyan and Zisserman, "Very Deep Convolutional Networks for Large-Scale Image Recognition", 2015), as in
/// torchvision, with the layers <c>relu1_1</c> to <c>relu5_3</c> and <c>pool1</c> to <c>pool5</c>.
/// </summary>
public sealed class Vgg16Features : FeatureNetwork
{
    /// <summary>Creates the network with random weights.</summary>
    /// <param name="neededLayers">
    /// Names of the layers whose features are needed, from <see cref="AllLayers"/>. Layers deeper than the deepest of these are left out.
    /// If empty, the network has all layers.
    /// </param>
    /// <exception cref="ArgumentException">A name is not a layer of the network.</exception>
    public Vgg16Features(params IReadOnlyList<string> neededLayers)
        : base(nameof(Vgg16Features), Steps(), neededLayers)
    {
    }

    /// <summary>Names of all layers of the complete network.</summary>
    public static IReadOnlyList<string> AllLayers { get; } = NamesOf(Steps());

    private protected override FeatureNetwork CreateAlike() => new Vgg16Features(Layers[^1]);

    private static IReadOnlyList<FeatureStep> Steps() => VggSteps.Create(2, 2, 3, 3, 3);
}
