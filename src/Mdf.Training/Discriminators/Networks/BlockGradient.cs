using static TorchSharp.torch;

namespace Mdf.Training.Discriminators.Networks;

/// <summary>The gradients of the score within a block.</summary>
/// <param name="Activated">With respect to what the activation was given: (positions, channels).</param>
/// <param name="Convolved">With respect to the convolution's output, as a map.</param>
/// <param name="MeanProduct">The mean over positions of <paramref name="Activated"/> times the normalised values, by channel.</param>
internal sealed record BlockGradient(Tensor Activated, Tensor Convolved, Tensor MeanProduct);
