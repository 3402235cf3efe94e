using Mdf.Models.Perceptual;
using Mdf.TorchCompatibility;
using static TorchSharp.torch;

namespace Mdf.Losses.Perceptual;

/// <summary>
/// The maps of a network, each position made a vector of length 1, compared by their squared differences with a learned weight for each
/// channel, averaged over the positions.
/// </summary>
internal sealed class LpipsExtractor : PerceptualExtractor
{
    private const double Epsilon = 1e-10;

    private readonly Tensor shift;
    private readonly Tensor scale;
    private readonly Tensor[] weights;

    public LpipsExtractor(FeatureNetwork network, LpipsLinearWeights linear, ScalarType precision, Device device)
        : base(network, linear.Layers, precision, device)
    {
        shift = Constant(-0.030f, -0.088f, -0.188f);
        scale = Constant(0.458f, 0.448f, 0.450f);
        weights = [.. linear.Channels.Select(c => Constant(c))];
    }

    /// <inheritdoc/>
    protected override Tensor Normalized(Tensor images) => (images.Times(2).Minus(1) - shift) / scale;

    // Unlike a root of a sum of squares, the norm has a gradient of zero where all is zero, and not of NaN.
    /// <inheritdoc/>
    protected override Tensor Compared(Tensor map) => map / map.norm(1, keepdim: true).Plus(Epsilon);

    /// <inheritdoc/>
    protected override Tensor Distance(int layer, Tensor difference) => (difference.Squared() * weights[layer]).sum(1).mean([1, 2]);
}
