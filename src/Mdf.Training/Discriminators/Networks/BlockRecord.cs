using static TorchSharp.torch;

namespace Mdf.Training.Discriminators.Networks;

/// <summary>What a block keeps of a forward pass for the way back.</summary>
/// <param name="Input">The block's input.</param>
/// <param name="Normalized">The convolution's output, normalised but not yet scaled: (positions, channels).</param>
/// <param name="InverseDeviation">1 / sqrt(variance + epsilon), by channel.</param>
/// <param name="Slope">The derivative of the activation: (positions, channels).</param>
/// <param name="Output">The block's output.</param>
internal sealed record BlockRecord(Tensor Input, Tensor Normalized, Tensor InverseDeviation, Tensor Slope, Tensor Output);
