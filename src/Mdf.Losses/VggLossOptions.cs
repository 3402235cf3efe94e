namespace Mdf.Losses;

/// <summary>
/// Settings of <see cref="VggLoss"/>. The defaults are the layers and the distance of the authors of MDF, but without resizing.
/// </summary>
public sealed record VggLossOptions : LossOptions
{
    /// <summary>The network whose feature maps are compared. Default: <see cref="VggNetwork.Vgg16"/>.</summary>
    public VggNetwork Network { get; init; }

    /// <summary>
    /// Layers to compare, each at most once: <c>relu1_1</c> to <c>relu5_3</c> (<c>relu5_4</c> for VGG-19) and <c>pool1</c> to
    /// <c>pool5</c>. Deeper layers than the deepest of the list are neither loaded nor computed.
    /// Default: <c>relu1_2</c>, <c>relu2_2</c>, <c>relu3_3</c>, <c>relu4_3</c>.
    /// </summary>
    public IReadOnlyList<string> Layers { get; init; } = ["relu1_2", "relu2_2", "relu3_3", "relu4_3"];

    /// <summary>
    /// Weights of the layers, one for each of <see cref="Layers"/>: finite, 0 or more, at least one above 0. Default: null, for equal
    /// weights with the sum 1.
    /// </summary>
    public IReadOnlyList<double>? LayerWeights { get; init; }

    /// <summary>Distance between two feature maps. Default: <see cref="FeatureDistance.L2"/>.</summary>
    public FeatureDistance Distance { get; init; }

    /// <summary>
    /// Whether the loss first resizes images to 224 x 224 pixels, bilinearly and without antialiasing, as the authors of MDF do.
    /// Default: false, which takes about a fifth of the computation for images of 96 x 96 pixels.
    /// </summary>
    public bool Resizes { get; init; }

    /// <summary>
    /// Way of computing the loss and its gradient. Default: <see cref="MdfExecution.Fused"/>. It uses this library's own convolutions for
    /// float32 images on CPUs with AVX2, unless the switch <c>Mdf.CompareByLibtorch</c> (<see cref="AppContext.SetSwitch"/>) is set, and
    /// libtorch's otherwise. <see cref="MdfExecution.Graph"/> always uses libtorch's.
    /// </summary>
    public MdfExecution Execution { get; init; }

    /// <summary>
    /// Memory for feature maps during a call, in bytes; at least 1 MiB. The value limits the number of images processed at a time (at least
    /// one) and affects results by rounding only. Default: null, for 24 MiB per libtorch thread on the CPU and 1 GiB on other devices.
    /// </summary>
    public long? WorkingMemory { get; init; }
}
