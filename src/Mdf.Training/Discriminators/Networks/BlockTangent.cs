using static TorchSharp.torch;

namespace Mdf.Training.Discriminators.Networks;

/// <summary>Tangents of a block's values: their derivatives along a direction of the image, by forward-mode differentiation.</summary>
/// <param name="Input">Tangent of the block's input.</param>
/// <param name="Convolved">Tangent of the convolution's output, (positions, channels).</param>
/// <param name="Normalized">Tangent of the activation's input, (positions, channels).</param>
/// <param name="Mean">Mean of <paramref name="Convolved"/> over positions, for each channel.</param>
/// <param name="MeanProduct">Mean over positions of <paramref name="Convolved"/> times the normalised values, for each channel.</param>
internal sealed record BlockTangent(Tensor Input, Tensor Convolved, Tensor Normalized, Tensor Mean, Tensor MeanProduct);
