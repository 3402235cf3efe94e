using Mdf.TorchCompatibility;
using static TorchSharp.torch;

namespace Mdf.Losses.Features;

/// <summary>Keeps copies of frozen networks, one for each precision, on the device of a loss. Copies are made when first used.</summary>
/// <typeparam name="T">A copy; disposed with this object and when the device changes.</typeparam>
internal sealed class DeviceCopies<T>(Func<ScalarType, Device, T> create, Action<T> dispose) : IDisposable
{
    private readonly Dictionary<ScalarType, T> copies = [];
    private readonly Lock guard = new();

    /// <summary>The device that copies are made on; the CPU at first.</summary>
    public Device Device { get; private set; } = CPU;

    /// <summary>Returns the copy in a precision.</summary>
    public T In(ScalarType precision)
    {
        lock (guard)
        {
            if (!copies.TryGetValue(precision, out T? copy))
            {
                using var mode = InferenceMode.Leave();
                copy = create(precision, Device);
                copies.Add(precision, copy);
            }

            return copy;
        }
    }

    /// <summary>Changes the device and disposes the copies on the old one.</summary>
    public void MoveTo(Device device)
    {
        lock (guard)
        {
            // A tensor reports its device in full: "cuda" becomes "cuda:0".
            using Tensor probe = empty([0], ScalarType.Float32, device);
            DisposeCopies();
            Device = probe.device;
        }
    }

    public void Dispose()
    {
        lock (guard)
        {
            DisposeCopies();
        }
    }

    private void DisposeCopies()
    {
        foreach (T copy in copies.Values)
        {
            dispose(copy);
        }

        copies.Clear();
    }
}
