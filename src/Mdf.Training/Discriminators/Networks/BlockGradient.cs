using static TorchSharp.torch;

namespace Mdf.Training.Discriminators.Networks;

/// <summary>Gradients of the score within a block.</summary>
/// <param name="Activated">Gradient with respect to the activation's input, (positions, channels).</param>
/// <param name="Convolved">Gradient with respect to the convolution's output, as a feature map.</param>
/// <param name="MeanProduct">Mean over positions of <paramref name="Activated"/> times the normalised values, for each channel.</param>
internal sealed record BlockGradient(Tensor Activated, Tensor Convolved, Tensor MeanProduct);
