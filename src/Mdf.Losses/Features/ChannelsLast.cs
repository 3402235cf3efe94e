using TorchSharp;
using static TorchSharp.torch;

namespace Mdf.Losses;

/// <summary>The layout in memory that convolutions run best in.</summary>
internal static class ChannelsLast
{
    /// <summary>Whether it is that with channels innermost: for oneDNN's convolutions on the CPU (float64 is not oneDNN's).</summary>
    public static bool IsBest(Device device, ScalarType precision) => device.type == DeviceType.CPU && precision != ScalarType.Float64;

    /// <summary>A new tensor in this or the ordinary layout.</summary>
    public static Tensor Empty(long[] shape, ScalarType precision, Device device, bool channelsLast) => channelsLast
        ? empty([shape[0], shape[2], shape[3], shape[1]], dtype: precision, device: device).permute(0, 3, 1, 2)
        : empty(shape, dtype: precision, device: device);
}
