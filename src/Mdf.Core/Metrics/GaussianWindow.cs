using Mdf.TorchCompatibility;
using TorchSharp;
using static TorchSharp.torch;

namespace Mdf.Metrics;

/// <summary>Filters with a separable Gaussian window, without padding.</summary>
internal static class GaussianWindow
{
    private static readonly Dictionary<(int Size, double Sigma, ScalarType Type, DeviceType Device, int Index), Tensor> Windows = [];
    private static readonly Lock Guard = new();

    /// <summary>Filters all planes with one convolution per dimension.</summary>
    /// <param name="planes">Planes, (M, H, W).</param>
    /// <param name="size">Side of the window in pixels.</param>
    /// <param name="sigma">Standard deviation in pixels.</param>
    /// <returns>(M, H - size + 1, W - size + 1), in the caller's dispose scope.</returns>
    public static Tensor Filter(Tensor planes, int size, double sigma)
    {
        // A grouped convolution of one image with M channels is several times as fast as a batch of M one-channel images.
        long count = planes.shape[0];
        Tensor window = Get(size, sigma, planes.dtype, planes.device);
        Tensor down = window.reshape(1, 1, size, 1).expand(count, 1, size, 1);
        Tensor across = window.reshape(1, 1, 1, size).expand(count, 1, 1, size);
        Tensor filtered = nn.functional.conv2d(planes.unsqueeze(0), down, groups: count);
        return nn.functional.conv2d(filtered, across, groups: count).squeeze(0);
    }

    // Windows are cached for the life of the process; each takes a few hundred bytes.
    private static Tensor Get(int size, double sigma, ScalarType type, Device device)
    {
        lock (Guard)
        {
            var key = (size, sigma, type, device.type, device.index);
            if (!Windows.TryGetValue(key, out Tensor? window))
            {
                using var mode = InferenceMode.Leave();
                double center = (size - 1) / 2.0;
                double[] weights = [.. Enumerable.Range(0, size).Select(i => Math.Exp(-Math.Pow(i - center, 2) / (2 * sigma * sigma)))];
                double sum = weights.Sum();
                window = tensor([.. weights.Select(w => w / sum)], type, device).DetachFromDisposeScope();
                Windows.Add(key, window);
            }

            return window;
        }
    }
}
