using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Mdf.Training.Tests.Discriminators;

/// <summary>Networks in float64 with weights that are large enough for every term to count.</summary>
internal static class StartedNetworks
{
    public static T Start<T>(T network)
        where T : nn.Module
    {
        using var noGradient = no_grad();
        using var generator = new Generator(3, CPU);
        network.to(ScalarType.Float64);
        foreach ((string name, Parameter parameter) in network.named_parameters())
        {
            parameter.copy_(
                (randn(parameter.shape, generator: generator) * 0.3) + (name.EndsWith("norm.weight", StringComparison.Ordinal) ? 1 : 0));
        }

        network.train();
        return network;
    }
}
