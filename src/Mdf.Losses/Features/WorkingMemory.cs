using TorchSharp;
using static TorchSharp.torch;

namespace Mdf.Losses.Features;

/// <summary>The memory that fused execution may use for features at a time.</summary>
internal static class WorkingMemory
{
    private const long Least = 1 << 20, OfWorker = 24 << 20, DefaultElsewhere = 1 << 30;

    /// <summary>Checks the option.</summary>
    public static void Require(long? option) =>
        OptionChecks.Require(option is null or >= Least, $"{option} bytes", $"at least 1 MiB ({Least})", nameof(WorkingMemory));

    /// <summary>What is asked for, else the default: on the CPU more is no faster.</summary>
    public static long Bytes(long? option, Device device) => option ?? (device.type == DeviceType.CPU ? OfWorker * get_num_threads() : DefaultElsewhere);

    /// <summary>The threads, of those that libtorch has on the CPU, that the memory is enough for.</summary>
    public static int Workers(long? option, Device device) =>
        device.type == DeviceType.CPU ? (int)Math.Clamp(Bytes(option, device) / OfWorker, 1, get_num_threads()) : 1;
}
