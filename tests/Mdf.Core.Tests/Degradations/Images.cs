using Mdf.Imaging;
using Mdf.Testing;
using static TorchSharp.torch;

namespace Mdf.Core.Tests.Degradations;

/// <summary>Images that the tests degrade.</summary>
internal static class Images
{
    /// <summary>Returns two synthetic images, (2, 3, 24, 32).</summary>
    public static Tensor Two()
    {
        using var scope = NewDisposeScope();
        return cat([SyntheticImage.DeadLeaves(32, 24, 1), SyntheticImage.DeadLeaves(32, 24, 2)]).MoveToOuterDisposeScope();
    }

    /// <summary>Returns whether two images have equal values.</summary>
    public static bool AreSame(Tensor one, Tensor other) => TensorAssert.LargestDifference(one, other) == 0;
}
