using Mdf.TorchCompatibility;
using TorchSharp;
using static TorchSharp.torch;

namespace Mdf.Metrics;

/// <summary>Filters with a Gaussian, one dimension after the other, where the window fits (no padding).</summary>
internal static class GaussianWindow
{
    private static readonly Dictionary<(int Size, double Sigma, ScalarType Type, DeviceType Device, int Index), Tensor> Windows = [];
    private static readonly Lock Guard = new();

    /// <summary>Filters planes, all by one convolution a dimension.</summary>
    /// <param name="planes">(M, H, W).</param>
    /// <param name="size">The side of the window.</param>
    /// <param name="sigma">The standard deviation.</param>
    /// <returns>(M, H - size + 1, W - size + 1), in the caller's scope.</returns>
    public static Tensor Filter(Tensor planes, int size, double sigma)
    {
        // As the channels of one image, each its own group, they run several times as fast as a batch of images of one channel.
        long count = planes.shape[0];
        Tensor window = Get(size, sigma, planes.dtype, planes.device);
        Tensor down = window.reshape(1, 1, size, 1).expand(count, 1, size, 1), across = window.reshape(1, 1, 1, size).expand(count, 1, 1, size);
        Tensor filtered = nn.functional.conv2d(planes.unsqueeze(0), down, groups: count);
        return nn.functional.conv2d(filtered, across, groups: count).squeeze(0);
    }

    // Kept for the life of the process: a few hundred bytes for each type and device in use.
    private static Tensor Get(int size, double sigma, ScalarType type, Device device)
    {
        lock (Guard)
        {
            var key = (size, sigma, type, device.type, device.index);
            if (!Windows.TryGetValue(key, out Tensor? window))
            {
                double[] weights = [.. Enumerable.Range(0, size).Select(i => Math.Exp(-Math.Pow(i - ((size - 1) / 2.0), 2) / (2 * sigma * sigma)))];
                double sum = weights.Sum();
                window = tensor([.. weights.Select(w => w / sum)], type, device).DetachFromDisposeScope();
                Windows.Add(key, window);
            }

            return window;
        }
    }
}
