namespace Mdf.Models.Perceptual;

/// <summary>
/// The features of VGG-16 (Simonyan and Zisserman, "Very Deep Convolutional Networks for Large-Scale Image Recognition", 2015), as in
/// torchvision: layers <c>relu1_1</c> to <c>relu5_3</c> and <c>pool1</c> to <c>pool5</c>.
/// </summary>
public sealed class Vgg16Features : FeatureNetwork
{
    /// <summary>Creates the network with random weights.</summary>
    /// <param name="neededLayers">The layers to ask for: those deeper than the deepest of them are left out. None for all layers.</param>
    /// <exception cref="ArgumentException">There is no layer of a name.</exception>
    public Vgg16Features(params IReadOnlyList<string> neededLayers)
        : base(nameof(Vgg16Features), Steps(), neededLayers)
    {
    }

    /// <summary>The names of all layers it can have.</summary>
    public static IReadOnlyList<string> AllLayers { get; } = NamesOf(Steps());

    private protected override FeatureNetwork CreateAlike() => new Vgg16Features(Layers[^1]);

    private static IReadOnlyList<FeatureStep> Steps() => VggSteps.Create(2, 2, 3, 3, 3);
}
