using TorchSharp;
using static TorchSharp.torch;

namespace Mdf.Losses.Tests.Conformance;

/// <summary>A loss that the conformance tests are run on.</summary>
/// <param name="Name">What to call it.</param>
/// <param name="MinimumSide">The smallest side of an image it takes.</param>
/// <param name="Create">Makes it with a reduction.</param>
public sealed record LossCase(string Name, int MinimumSide, Func<nn.Reduction, Loss<Tensor, Tensor, Tensor>> Create)
{
    /// <summary>The channels of the images to test with.</summary>
    public int Channels { get; init; } = 3;

    /// <summary>Whether it takes images of these channels only.</summary>
    public bool NeedsChannels { get; init; }

    /// <summary>Images of a size that it takes and that is not the smallest.</summary>
    internal Tensor Images(ulong seed, ScalarType dtype, int count = 2) =>
        TestImages.Create(seed, dtype, count, Channels, MinimumSide + 2, MinimumSide + 5);
}
