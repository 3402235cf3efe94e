using static TorchSharp.torch;

namespace Mdf.Training.Discriminators.Networks;

/// <summary>Values of a block's forward pass that the backward pass needs.</summary>
/// <param name="Input">The block's input.</param>
/// <param name="Normalized">The convolution's output, normalised but not yet scaled and shifted, (positions, channels).</param>
/// <param name="InverseDeviation">1 / sqrt(variance + epsilon) for each channel.</param>
/// <param name="Slope">Derivative of the activation, (positions, channels).</param>
/// <param name="Output">The block's output.</param>
internal sealed record BlockRecord(Tensor Input, Tensor Normalized, Tensor InverseDeviation, Tensor Slope, Tensor Output);
