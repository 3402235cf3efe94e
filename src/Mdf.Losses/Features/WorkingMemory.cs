using Mdf.Guards;
using TorchSharp;
using static TorchSharp.torch;

namespace Mdf.Losses.Features;

/// <summary>The memory that fused execution may use for feature maps.</summary>
internal static class WorkingMemory
{
    private const long Least = 1 << 20, OfWorker = 24 << 20, DefaultElsewhere = 1 << 30;

    /// <summary>Throws an exception if the option is below its minimum.</summary>
    public static void Require(long? option) =>
        Guard.Option(option is null or >= Least, $"{option} bytes", $"at least 1 MiB ({Least})", nameof(WorkingMemory));

    /// <summary>Returns the option's value, or the device's default if it is null. More than the default is no faster on a CPU.</summary>
    public static long Bytes(long? option, Device device) =>
        option ?? (device.type == DeviceType.CPU ? OfWorker * get_num_threads() : DefaultElsewhere);

    /// <summary>Returns the number of libtorch's CPU threads that the memory suffices for, at least 1; always 1 on other devices.</summary>
    public static int Workers(long? option, Device device) =>
        device.type == DeviceType.CPU ? (int)Math.Clamp(Bytes(option, device) / OfWorker, 1, get_num_threads()) : 1;
}
