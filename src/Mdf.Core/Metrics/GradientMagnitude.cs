using Mdf.TorchCompatibility;
using static TorchSharp.torch;

namespace Mdf.Metrics;

/// <summary>Computes gradient magnitudes by 3 x 3 filters: the difference along one axis, smoothed along the other.</summary>
internal static class GradientMagnitude
{
    /// <summary>The smoothing of Sobel's filter, which gives the change per pixel.</summary>
    public static readonly (double Side, double Center) Sobel = (1.0 / 8, 2.0 / 8);

    /// <summary>The smoothing of Prewitt's filter.</summary>
    public static readonly (double Side, double Center) Prewitt = (1.0 / 3, 1.0 / 3);

    /// <summary>The smoothing of Scharr's filter.</summary>
    public static readonly (double Side, double Center) Scharr = (3.0 / 16, 10.0 / 16);

    /// <summary>Returns the magnitudes, (N, C, H - 2, W - 2). Their gradient is finite, and zero where the magnitude is zero.</summary>
    public static Tensor Of(Tensor images, (double Side, double Center) smoothing) => FiniteGradient.Root(
        Derivative(images, 3, 2, smoothing).Squared().Plus(Derivative(images, 2, 3, smoothing).Squared()));

    /// <summary>Returns the differences along one dimension, smoothed along the other, (N, C, H - 2, W - 2).</summary>
    public static Tensor Derivative(Tensor images, int along, int across, (double Side, double Center) smoothing)
    {
        long length = images.shape[along] - 2, breadth = images.shape[across] - 2;
        Tensor difference = images.narrow(along, 2, length) - images.narrow(along, 0, length);
        Tensor sides = difference.narrow(across, 0, breadth).Plus(difference.narrow(across, 2, breadth));
        return sides.Times(smoothing.Side).Plus(difference.narrow(across, 1, breadth).Times(smoothing.Center));
    }
}
