using static TorchSharp.torch;

namespace Mdf.Imaging;

/// <summary>
/// The eight orientations of an image, numbered 0 to 7. Each bit stands for one operation, in this order: flip vertically (1), flip
/// horizontally (2), transpose rows and columns (4).
/// </summary>
public static class ImageOrientation
{
    /// <summary>Number of orientations: 8.</summary>
    public const int Count = 8;

    /// <summary>Brings images into an orientation.</summary>
    /// <param name="images">Images, (N, C, H, W).</param>
    /// <param name="orientation">Number of the orientation, 0 to 7; 0 keeps the images as they are.</param>
    /// <returns>
    /// The oriented images; height and width are exchanged for orientations 4 to 7. They may share memory with <paramref name="images"/>.
    /// </returns>
    public static Tensor Turn(Tensor images, int orientation)
    {
        using var scope = NewDisposeScope();
        Tensor flipped = Flipped(images, orientation);
        return (Exchanges(orientation) ? flipped.transpose(2, 3) : flipped).MoveToOuterDisposeScope();
    }

    /// <summary>Undoes <see cref="Turn"/>.</summary>
    /// <param name="images">Oriented images, (N, C, H, W).</param>
    /// <param name="orientation">Number that <see cref="Turn"/> was called with, 0 to 7.</param>
    /// <returns>The images in their original orientation. They may share memory with <paramref name="images"/>.</returns>
    public static Tensor TurnBack(Tensor images, int orientation)
    {
        using var scope = NewDisposeScope();
        return Flipped(Exchanges(orientation) ? images.transpose(2, 3) : images, orientation).MoveToOuterDisposeScope();
    }

    /// <summary>Returns whether an orientation exchanges rows and columns.</summary>
    internal static bool Exchanges(int orientation) => (orientation & 4) != 0;

    private static Tensor Flipped(Tensor images, int orientation) => (orientation & 3) switch
    {
        1 => images.flip(2),
        2 => images.flip(3),
        3 => images.flip(2, 3),
        _ => images.alias(),
    };
}
