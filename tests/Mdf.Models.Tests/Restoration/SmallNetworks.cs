using Mdf.Models.Restoration;
using static TorchSharp.torch;

namespace Mdf.Models.Tests.Restoration;

/// <summary>Small networks of every class, for fast tests.</summary>
internal static class SmallNetworks
{
    private static readonly int[] Scales = [2, 3, 4];

    public static TheoryData<RestorationOptions> All =>
    [
        .. Scales.SelectMany(scale => new RestorationOptions[]
        {
            new EdsrOptions { Scale = scale, Blocks = 2, Width = 6, ResidualScale = 0.5 },
            new SrResNetOptions { Scale = scale, Blocks = 1, Width = 6 },
            new MsrResNetOptions { Scale = scale, Blocks = 2, Width = 6 },
        }),
        new DnCnnOptions { Layers = 4, Width = 6 },
        new DnCnnOptions { Layers = 5, Width = 6, Channels = 1, Normalization = false, Biases = true },
        new DnCnnOptions { Layers = 2, Width = 6, Biases = true },
    ];

    /// <summary>Creates a network in evaluation mode with non-trivial normalisation statistics and biases.</summary>
    public static RestorationNetwork Create(RestorationOptions options)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var generator = new Generator(3, CPU);
        RestorationNetwork network = options.Create(seed: 7);
        network.call(Images(network, 24, 24));
        foreach ((string name, TorchSharp.Modules.Parameter parameter) in network.named_parameters())
        {
            if (name.EndsWith(".bias", StringComparison.Ordinal) && parameter.requires_grad)
            {
                parameter.add_(randn(parameter.shape, generator: generator) * 0.1);
            }
        }

        network.eval();
        return network;
    }

    public static Tensor Images(RestorationNetwork network, int height, int width, ScalarType type = ScalarType.Float32)
    {
        using var generator = new Generator(11, CPU);
        return rand([2, network.Channels, height, width], type, generator: generator);
    }
}
