using Mdf.Models.Perceptual;
using Mdf.Models.Simd;
using Mdf.TorchCompatibility;
using static TorchSharp.torch;

namespace Mdf.Losses.Perceptual;

/// <summary>
/// The feature extractor of the VGG loss. It normalises images by ImageNet's mean and standard deviation and averages the L1 or squared
/// difference of all values of a feature map.
/// </summary>
internal sealed class VggExtractor : PerceptualExtractor
{
    /// <summary>Side in pixels that images are resized to with <see cref="VggLossOptions.Resizes"/>.</summary>
    public const int ResizedSide = 224;

    private readonly VggLossOptions options;
    private readonly double[] weights;
    private readonly Tensor mean;
    private readonly Tensor deviation;

    public VggExtractor(FeatureNetwork network, VggLossOptions options, ScalarType precision, Device device)
        : base(network, options.Layers, precision, device)
    {
        this.options = options;
        weights = [.. options.LayerWeights ?? Enumerable.Repeat(1.0 / options.Layers.Count, options.Layers.Count)];
        mean = Constant(0.485f, 0.456f, 0.406f);
        deviation = Constant(0.229f, 0.224f, 0.225f);
    }

    /// <inheritdoc/>
    protected override Tensor Normalized(Tensor images)
    {
        Tensor normalized = (images - mean) / deviation;
        return options.Resizes ? BilinearResizing.Resize(normalized, ResizedSide) : normalized;
    }

    /// <inheritdoc/>
    protected override MapDistance VectorDistance(int layer) =>
        new DifferenceDistance(options.Distance == FeatureDistance.L1, weights[layer]);

    /// <inheritdoc/>
    protected override Tensor Distance(int layer, Tensor difference) =>
        (options.Distance == FeatureDistance.L1 ? difference.abs() : difference.Squared()).mean([1, 2, 3]).Times(weights[layer]);
}
