using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Mdf.Models.Perceptual;

/// <summary>One entry of the <c>features</c> list of a torchvision network; its position in the list is its parameter name.</summary>
/// <param name="Layer">Name of the layer; null for a convolution, whose output is overwritten by the activation.</param>
/// <param name="Create">Creates the module.</param>
/// <param name="Side">Maps the side of the input to the side of the output; below 1 if the input is too small.</param>
/// <param name="Values">Number of values computed and kept at each position of the output.</param>
internal sealed record FeatureStep(string? Layer, Func<Module<Tensor, Tensor>> Create, Func<long, long> Side, long Values)
{
    public static FeatureStep Convolution(long inputs, long outputs, long kernel, long stride = 1, long padding = 0) => new(
        null,
        () => new FeatureConvolution(inputs, outputs, kernel, stride, padding),
        side => side + (2 * padding) < kernel ? 0 : ((side + (2 * padding) - kernel) / stride) + 1,
        outputs);

    public static FeatureStep Rectifier(string layer) => new(layer, () => ReLU(inplace: true), side => side, 0);

    /// <summary>Creates max pooling with stride 2.</summary>
    public static FeatureStep Pool(string layer, long kernel, long channels, bool roundsUp = false) => new(
        layer,
        () => MaxPool2d(kernel, stride: 2, ceil_mode: roundsUp),
        side => side + (roundsUp ? 1 : 0) < kernel ? 0 : ((side + (roundsUp ? 1 : 0) - kernel) / 2) + 1,
        channels);

    public static FeatureStep Fire(string layer, long inputs, long squeezed, long expanded) => new(
        layer, () => new FireModule(inputs, squeezed, expanded), side => side, squeezed + (4 * expanded));
}
