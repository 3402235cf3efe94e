using Mdf.Models.Perceptual;
using Mdf.Models.Simd;
using Mdf.TorchCompatibility;
using static TorchSharp.torch;

namespace Mdf.Losses.Perceptual;

/// <summary>
/// The feature extractor of LPIPS. It normalises each position of a feature map to unit length, weights the squared differences by learned
/// channel weights and averages over the positions.
/// </summary>
internal sealed class LpipsExtractor : PerceptualExtractor
{
    private const double Epsilon = 1e-10;

    private readonly Tensor shift;
    private readonly Tensor scale;
    private readonly Tensor[] weights;
    private readonly IReadOnlyList<float[]> channels;

    public LpipsExtractor(FeatureNetwork network, LpipsLinearWeights linear, ScalarType precision, Device device)
        : base(network, linear.Layers, precision, device)
    {
        shift = Constant(-0.030f, -0.088f, -0.188f);
        scale = Constant(0.458f, 0.448f, 0.450f);
        channels = linear.Channels;
        weights = [.. linear.Channels.Select(c => Constant(c))];
    }

    /// <inheritdoc/>
    protected override Tensor Normalized(Tensor images) => (images.Times(2).Minus(1) - shift) / scale;

    // Tensor.norm has gradient 0 for an all-zero vector; sqrt of a sum of squares would have gradient NaN.
    /// <inheritdoc/>
    protected override Tensor Compared(Tensor map) => map / map.norm(1, keepdim: true).Plus(Epsilon);

    /// <inheritdoc/>
    protected override MapDistance VectorDistance(int layer) => new UnitLengthDistance(channels[layer], Epsilon);

    /// <inheritdoc/>
    protected override Tensor Distance(int layer, Tensor difference) => (difference.Squared() * weights[layer]).sum(1).mean([1, 2]);
}
