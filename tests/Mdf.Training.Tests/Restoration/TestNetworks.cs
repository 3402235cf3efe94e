using Mdf.Models.Restoration;

namespace Mdf.Training.Tests.Restoration;

/// <summary>Networks that learn something in moments.</summary>
internal static class TestNetworks
{
    public static DnCnn Denoiser(long seed = 1, bool normalization = true) =>
        new(new DnCnnOptions { Layers = 3, Width = 16, Normalization = normalization, Biases = true }, seed);

    public static Edsr Enlarger(long seed = 1) => new(new EdsrOptions { Scale = 2, Blocks = 1, Width = 16 }, seed);
}
