namespace Mdf.Testing;

/// <summary>
/// Collects garbage and runs finalizers without end, on a thread of its own, until it is disposed. Code that hands memory to libtorch
/// without keeping it alive fails now and then meanwhile.
/// </summary>
public sealed class GarbageCollections : IDisposable
{
    private readonly Thread thread;
    private volatile bool isDisposed;

    public GarbageCollections()
    {
        thread = new Thread(Collect) { IsBackground = true, Name = "Garbage" };
        thread.Start();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        isDisposed = true;
        thread.Join();
    }

    private void Collect()
    {
        while (!isDisposed)
        {
            GC.Collect(0, GCCollectionMode.Forced, blocking: true);
            GC.WaitForPendingFinalizers();
        }
    }
}
