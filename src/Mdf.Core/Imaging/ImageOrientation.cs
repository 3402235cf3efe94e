using static TorchSharp.torch;

namespace Mdf.Imaging;

/// <summary>
/// The eight ways to lay an image down, by number. Its bits say what is done: upside down (1), left to right (2), and then rows for columns
/// (4).
/// </summary>
public static class ImageOrientation
{
    /// <summary>The number of orientations.</summary>
    public const int Count = 8;

    /// <summary>Turns images.</summary>
    /// <param name="images">(N, C, H, W).</param>
    /// <param name="orientation">0 to 7; 0 leaves them as they are.</param>
    /// <returns>The turned images, which may share memory with <paramref name="images"/>.</returns>
    public static Tensor Turn(Tensor images, int orientation)
    {
        using var scope = NewDisposeScope();
        Tensor flipped = Flipped(images, orientation);
        return (Exchanges(orientation) ? flipped.transpose(2, 3) : flipped).MoveToOuterDisposeScope();
    }

    /// <summary>Undoes <see cref="Turn"/>.</summary>
    /// <param name="images">(N, C, H, W), turned.</param>
    /// <param name="orientation">The same number.</param>
    /// <returns>The images as they were, which may share memory with <paramref name="images"/>.</returns>
    public static Tensor TurnBack(Tensor images, int orientation)
    {
        using var scope = NewDisposeScope();
        return Flipped(Exchanges(orientation) ? images.transpose(2, 3) : images, orientation).MoveToOuterDisposeScope();
    }

    /// <summary>Whether rows become columns.</summary>
    internal static bool Exchanges(int orientation) => (orientation & 4) != 0;

    private static Tensor Flipped(Tensor images, int orientation) => (orientation & 3) switch
    {
        1 => images.flip(2),
        2 => images.flip(3),
        3 => images.flip(2, 3),
        _ => images.alias(),
    };
}
