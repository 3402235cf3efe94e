using Mdf.Imaging;
using TorchSharp;
using static TorchSharp.torch;

namespace Mdf.Degradations;

/// <summary>Convolves images with a kernel of any shape. Beyond the borders images are mirrored, without their edge pixels.</summary>
public sealed class KernelBlur : Degradation
{
    /// <summary>Creates a blur.</summary>
    /// <param name="kernel">Kernel of the convolution. Images need sides above half its size.</param>
    public KernelBlur(BlurKernel kernel)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        Kernel = kernel;
    }

    /// <summary>Kernel of the convolution.</summary>
    public BlurKernel Kernel { get; }

    /// <inheritdoc/>
    public override string Description => $"blur, {Kernel.Description}";

    /// <summary>Blurs images that may be smaller than half the kernel, which are then mirrored again and again.</summary>
    internal static Tensor WhereItFits(Tensor images, BlurKernel kernel, Random random)
    {
        using var scope = NewDisposeScope();
        int margin = kernel.Size / 2;
        int height = (int)images.shape[2], width = (int)images.shape[3];
        if (Math.Min(height, width) > margin)
        {
            return new KernelBlur(kernel).Apply(images, random).MoveToOuterDisposeScope();
        }

        Tensor larger = images.index_select(2, Places(height)).index_select(3, Places(width));
        return new KernelBlur(kernel).Apply(larger, random).narrow(2, margin, height).narrow(3, margin, width).MoveToOuterDisposeScope();

        Tensor Places(int side) => tensor(
            [.. Enumerable.Range(-margin, side + (2 * margin)).Select(i => (long)AxisFilter.Mirrored(i, side))], device: images.device);
    }

    /// <inheritdoc/>
    protected override Tensor Degrade(Tensor images, Random random)
    {
        int margin = Kernel.Size / 2;
        if (Math.Min(images.shape[2], images.shape[3]) <= margin)
        {
            throw new ArgumentException(
                $"images are {images.shape[2]} x {images.shape[3]} pixels; expected sides above {margin} for a kernel of {Kernel.Size}.",
                nameof(images));
        }

        // A convolution's kernel is turned by 180 degrees against libtorch's correlation.
        Tensor working = images.dtype == ScalarType.Float64 ? images : images.to(ScalarType.Float32);
        Tensor weight = tensor([.. Kernel.Values.Reverse()], [1, 1, Kernel.Size, Kernel.Size], working.dtype, working.device);
        Tensor padded = nn.functional.pad(working, [margin, margin, margin, margin], PaddingModes.Reflect);
        Tensor planes = padded.flatten(0, 1).unsqueeze(1);
        return nn.functional.conv2d(planes, weight).reshape(images.shape).to(images.dtype);
    }
}
