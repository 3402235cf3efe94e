using static TorchSharp.torch;

namespace Mdf.Guards;

/// <summary>Shape, type and device of images, which two images must share to be compared.</summary>
internal readonly record struct ImageForm(long[] Shape, ScalarType Type, Device Device)
{
    public static ImageForm Of(Tensor images) => new(images.shape, images.dtype, images.device);
}
