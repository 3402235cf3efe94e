using TorchSharp;
using static TorchSharp.torch;

namespace Mdf.Losses.Tests.Conformance;

/// <summary>A loss under conformance tests.</summary>
/// <param name="Name">Name in test results.</param>
/// <param name="MinimumSide">Smallest side of an image in pixels.</param>
/// <param name="Create">Creates the loss with a reduction.</param>
public sealed record LossCase(string Name, int MinimumSide, Func<nn.Reduction, Loss<Tensor, Tensor, Tensor>> Create)
{
    /// <summary>Number of channels of the test images.</summary>
    public int Channels { get; init; } = 3;

    /// <summary>Whether the loss takes images of this number of channels only.</summary>
    public bool NeedsChannels { get; init; }

    /// <summary>Whether a uniform change of brightness costs nothing.</summary>
    public bool IgnoresBrightness { get; init; }

    /// <summary>Whether the gradient takes weights that depend on the images as constants, as the published loss does.</summary>
    public bool HoldsWeights { get; init; }

    /// <summary>Returns images a little larger than the smallest size.</summary>
    internal Tensor Images(ulong seed, ScalarType dtype, int count = 2) =>
        TestImages.Create(seed, dtype, count, Channels, MinimumSide + 2, MinimumSide + 5);
}
