using Xunit;
using static TorchSharp.torch;

namespace Mdf.Testing;

/// <summary>Provides the GPU for a test and sets the precision of its convolutions meanwhile.</summary>
public sealed class Gpu : IDisposable
{
    // The precision is the process's: one test at a time.
    private static readonly SemaphoreSlim Turn = new(1);

    private readonly bool before;

    private Gpu(bool tensorFloat32)
    {
        Turn.Wait();
        before = backends.cudnn.allow_tf32;
        backends.cudnn.allow_tf32 = tensorFloat32;
    }

    /// <summary>Skips the test if there is no GPU.</summary>
    /// <param name="tensorFloat32">Whether convolutions of float32 may round to TF32, as they do unless told otherwise.</param>
    /// <returns>Restores the setting when disposed.</returns>
    public static Gpu Require(bool tensorFloat32 = false)
    {
        Assert.SkipUnless(cuda.is_available(), "no CUDA device");
        return new Gpu(tensorFloat32);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        backends.cudnn.allow_tf32 = before;
        Turn.Release();
    }
}
