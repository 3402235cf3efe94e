using TorchSharp;
using static TorchSharp.torch;

namespace Mdf;

/// <summary>How tensors lie in memory.</summary>
internal static class TensorLayout
{
    /// <summary>(N, C, H, W) of whatever layout with channels innermost, in which oneDNN's convolutions are fastest; a copy unless it is that already.</summary>
    public static Tensor WithChannelsLast(this Tensor map) => map.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2);

    /// <summary>
    /// What a network takes that is to learn from images. With channels innermost oneDNN does not fill few channels up to a block: what
    /// gradients are multiplied by there is memory that nobody wrote to, and now and then no number.
    /// </summary>
    public static Tensor ForLearning(this Tensor images) =>
        is_grad_enabled() && images.device_type == DeviceType.CPU ? images.WithChannelsLast() : images;
}
