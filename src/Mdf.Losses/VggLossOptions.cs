namespace Mdf.Losses;

/// <summary>Settings of <see cref="VggLoss"/>; the defaults are the layers and the distance of the authors of MDF, without resizing.</summary>
public sealed record VggLossOptions : LossOptions
{
    /// <summary>The network that a file of weights is read into. Default: <see cref="VggNetwork.Vgg16"/>.</summary>
    public VggNetwork Network { get; init; }

    /// <summary>
    /// The layers to compare, <c>relu1_1</c> to <c>relu5_3</c> (of VGG-19: <c>relu5_4</c>) or <c>pool1</c> to <c>pool5</c>, each once.
    /// What lies deeper than the deepest is neither loaded nor computed. Default: <c>relu1_2</c>, <c>relu2_2</c>, <c>relu3_3</c>, <c>relu4_3</c>.
    /// </summary>
    public IReadOnlyList<string> Layers { get; init; } = ["relu1_2", "relu2_2", "relu3_3", "relu4_3"];

    /// <summary>
    /// What each layer counts, 0 or more each, one at least above 0. Default: null, which averages them.
    /// </summary>
    public IReadOnlyList<double>? LayerWeights { get; init; }

    /// <summary>How features are compared. Default: <see cref="FeatureDistance.L2"/>.</summary>
    public FeatureDistance Distance { get; init; }

    /// <summary>
    /// Whether images are resized to 224 x 224 pixels first, bilinearly and without antialiasing, as the authors of MDF do. Default: false:
    /// features of the images as they are, for a fifth of the work at 96 x 96 pixels.
    /// </summary>
    public bool Resizes { get; init; }

    /// <summary>As in <see cref="LpipsLossOptions.WorkingMemory"/>.</summary>
    public long? WorkingMemory { get; init; }
}
