using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Mdf.Models.Perceptual;

/// <summary>One entry of the <c>features</c> of a torchvision network, of which the position in the list is the name.</summary>
/// <param name="Layer">The name to ask for its output by; null for a convolution, whose output the activation overwrites.</param>
/// <param name="Create">Makes it.</param>
/// <param name="Side">The side of its output, of that of its input; below 1 if that is too small.</param>
/// <param name="Values">The values it makes and keeps at each position of its output.</param>
internal sealed record FeatureStep(string? Layer, Func<Module<Tensor, Tensor>> Create, Func<long, long> Side, long Values)
{
    public static FeatureStep Convolution(long inputs, long outputs, long kernel, long stride = 1, long padding = 0) => new(
        null,
        () => new FeatureConvolution(inputs, outputs, kernel, stride, padding),
        side => side + (2 * padding) < kernel ? 0 : ((side + (2 * padding) - kernel) / stride) + 1,
        outputs);

    public static FeatureStep Rectifier(string layer) => new(layer, () => ReLU(inplace: true), side => side, 0);

    /// <summary>The maximum of windows two positions apart.</summary>
    public static FeatureStep Pool(string layer, long kernel, long channels, bool roundsUp = false) => new(
        layer,
        () => MaxPool2d(kernel, stride: 2, ceil_mode: roundsUp),
        side => side + (roundsUp ? 1 : 0) < kernel ? 0 : ((side + (roundsUp ? 1 : 0) - kernel) / 2) + 1,
        channels);

    public static FeatureStep Fire(string layer, long inputs, long squeezed, long expanded) => new(
        layer, () => new FireModule(inputs, squeezed, expanded), side => side, squeezed + (4 * expanded));
}
