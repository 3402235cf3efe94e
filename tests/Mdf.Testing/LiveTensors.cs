using System.Runtime;
using Xunit;
using static TorchSharp.torch;

namespace Mdf.Testing;

/// <summary>Counts tensors that were not disposed. The garbage collector does not see libtorch's memory.</summary>
public static class LiveTensors
{
    private const long ManagedBytesAtMost = 100 << 20;

    /// <summary>Fails if an action leaves tensors behind or to their finalisers.</summary>
    /// <param name="action">What to run; it may allocate 100 MiB of managed memory.</param>
    public static void AssertNoneLeft(Action action) => Assert.Equal(0, CountLeft(action));

    /// <summary>
    /// The tensors that running the action leaves behind. TorchSharp's own layers leave some when they are made (empty shells, whose
    /// memory went to the parameter), so what makes layers is compared with making the layers alone.
    /// </summary>
    /// <param name="action">What to run; it may allocate 100 MiB of managed memory.</param>
    public static long CountLeft(Action action)
    {
        action();
        GC.Collect();
        GC.WaitForPendingFinalizers();

        // A collection in between would tidy up what the action forgot.
        Assert.True(GC.TryStartNoGCRegion(ManagedBytesAtMost));
        try
        {
            long before = Tensor.TotalCount;
            action();
            return Tensor.TotalCount - before;
        }
        finally
        {
            if (GCSettings.LatencyMode == GCLatencyMode.NoGCRegion)
            {
                GC.EndNoGCRegion();
            }
        }
    }
}
