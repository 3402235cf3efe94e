using Mdf.TorchCompatibility;
using static TorchSharp.torch;

namespace Mdf.Models;

/// <summary>
/// Initialises convolutions and linear layers from a seed. Other one-dimensional parameters (normalisation, PReLU) keep the values they
/// were created with, and frozen parameters are not changed.
/// </summary>
internal static class WeightInitialization
{
    /// <summary>Applies PyTorch's default initialisation: weights and biases are uniform within 1 / sqrt(fan-in).</summary>
    public static void Uniform(nn.Module network, long seed) => Each(network, seed, (parameter, fanIn, generator) =>
        parameter.copy_(
            rand(parameter.shape, ScalarType.Float32, CPU, generator: generator).Times(2).Minus(1).Over(Math.Sqrt(fanIn))));

    /// <summary>
    /// Applies the initialisation of He et al. 2015: weights are normal with variance 2 / fan-in, multiplied by a gain; biases are 0.
    /// </summary>
    public static void Normal(nn.Module network, long seed, double gain = 1) => Each(network, seed, (parameter, fanIn, generator) =>
    {
        double deviation = parameter.ndim == 1 ? 0 : gain * Math.Sqrt(2.0 / fanIn);
        parameter.copy_(randn(parameter.shape, ScalarType.Float32, CPU, generator: generator).Times(deviation));
    });

    private static void Each(nn.Module network, long seed, Action<Tensor, long, Generator> set)
    {
        using var scope = NewDisposeScope();
        using var mode = InferenceMode.Leave();
        using var noGradient = no_grad();
        using var generator = new Generator((ulong)seed, CPU);
        Dictionary<string, Tensor> parameters = network.named_parameters().ToDictionary(p => p.name, p => (Tensor)p.parameter);
        foreach ((string name, Tensor weight) in parameters.Where(p => p.Value.ndim > 1 && p.Value.requires_grad))
        {
            long fanIn = weight.numel() / weight.shape[0];
            set(weight, fanIn, generator);
            if (parameters.TryGetValue(name[..^"weight".Length] + "bias", out Tensor? bias))
            {
                set(bias, fanIn, generator);
            }
        }
    }
}
