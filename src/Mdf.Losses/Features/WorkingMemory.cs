using TorchSharp;
using static TorchSharp.torch;

namespace Mdf.Losses;

/// <summary>The memory that fused execution may use for features at a time.</summary>
internal static class WorkingMemory
{
    private const long Least = 1 << 20, DefaultOnCpu = 48 << 20, DefaultElsewhere = 1 << 30;

    /// <summary>Checks the option.</summary>
    public static void Require(long? option) =>
        OptionChecks.Require(option is null or >= Least, $"{option} bytes", $"at least 1 MiB ({Least})", nameof(WorkingMemory));

    /// <summary>What is asked for, else the default: on the CPU more is no faster.</summary>
    public static long Bytes(long? option, Device device) => option ?? (device.type == DeviceType.CPU ? DefaultOnCpu : DefaultElsewhere);
}
