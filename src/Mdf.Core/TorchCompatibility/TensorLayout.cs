using Mdf.Guards;
using TorchSharp;
using static TorchSharp.torch;

namespace Mdf.TorchCompatibility;

/// <summary>Arranges images and feature maps in memory so that libtorch's CPU convolutions are fast and their gradients right.</summary>
/// <remarks>
/// On CPUs with AVX-512, libtorch 2.10 (oneDNN) pads a convolution's few channels to a full block with uninitialised memory. Gradients
/// computed
/// from that padding are NaN now and then. The channels-last layout has no padding, and is the faster one too.
/// </remarks>
public static class TensorLayout
{
    /// <summary>
    /// Returns images in the layout that a network under training needs: channels-last on the CPU while gradients are recorded.
    /// </summary>
    /// <remarks>
    /// Call it on the input of your own network in a training loop. Without it, gradients of convolutions with few input channels are NaN
    /// now
    /// and then on CPUs with AVX-512. Values do not change.
    /// </remarks>
    /// <param name="images">Images, (N, C, H, W), of any type on any device.</param>
    /// <returns>
    /// A tensor with equal values: a channels-last copy on the CPU while gradients are recorded, otherwise <paramref name="images"/>
    /// itself.
    /// </returns>
    /// <exception cref="ArgumentException"><paramref name="images"/> does not have four dimensions.</exception>
    public static Tensor ForTraining(this Tensor images)
    {
        ArgumentNullException.ThrowIfNull(images);
        if (images.dim() != 4)
        {
            throw new ArgumentException($"{nameof(images)} has shape {ShapeText.Of(images)}; expected (N, C, H, W).", nameof(images));
        }

        return is_grad_enabled() && images.device_type == DeviceType.CPU ? images.WithChannelsLast() : images;
    }

    /// <summary>Returns (N, C, H, W) with channels innermost in memory; copies unless they are already.</summary>
    internal static Tensor WithChannelsLast(this Tensor map)
    {
        using var scope = NewDisposeScope();
        return map.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2).MoveToOuterDisposeScope();
    }

    /// <summary>Tells whether channels-last is the fastest layout: for oneDNN's convolutions, on the CPU in any type but float64.</summary>
    internal static bool PrefersChannelsLast(Device device, ScalarType precision) =>
        device.type == DeviceType.CPU && precision != ScalarType.Float64;

    /// <summary>Allocates a map of shape (N, C, H, W), channels-last or contiguous.</summary>
    internal static Tensor Allocate(long[] shape, ScalarType precision, Device device, bool channelsLast)
    {
        using var scope = NewDisposeScope();
        return (channelsLast
            ? empty([shape[0], shape[2], shape[3], shape[1]], dtype: precision, device: device).permute(0, 3, 1, 2)
            : empty(shape, dtype: precision, device: device)).MoveToOuterDisposeScope();
    }
}
