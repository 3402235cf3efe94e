using static TorchSharp.torch;

namespace Mdf.Training.Discriminators.Networks;

/// <summary>How a block's values change as the image does.</summary>
/// <param name="Input">The change of the input.</param>
/// <param name="Convolved">That of the convolution's output: (positions, channels).</param>
/// <param name="Normalized">That of what the activation is given: (positions, channels).</param>
/// <param name="Mean">The mean of <paramref name="Convolved"/> over positions, by channel.</param>
/// <param name="MeanProduct">The mean of <paramref name="Convolved"/> times the normalised values.</param>
/// <param name="Output">The change of the output.</param>
internal sealed record BlockTangent(Tensor Input, Tensor Convolved, Tensor Normalized, Tensor Mean, Tensor MeanProduct, Tensor Output);
