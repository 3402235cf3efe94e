using Mdf.Imaging;
using Mdf.Testing;
using static TorchSharp.torch;

namespace Mdf.Core.Tests.Degradations;

/// <summary>What these tests spoil.</summary>
internal static class Images
{
    /// <summary>Two drawn pictures, (2, 3, 24, 32).</summary>
    public static Tensor Two()
    {
        using var scope = NewDisposeScope();
        return cat([SyntheticImage.DeadLeaves(32, 24, 1), SyntheticImage.DeadLeaves(32, 24, 2)]).MoveToOuterDisposeScope();
    }

    /// <summary>Whether all values are equal.</summary>
    public static bool AreSame(Tensor one, Tensor other) => TensorAssert.LargestDifference(one, other) == 0;
}
