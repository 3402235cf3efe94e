using static TorchSharp.torch;

namespace Mdf.Models.Restoration;

/// <summary>
/// Restores an image in its eight orientations (turned by quarters, mirrored or not) and takes the mean of the results: EDSR+, for
/// instance. Eight times the work, and a little better.
/// </summary>
/// <remarks>Timofte et al., "Seven Ways to Improve Example-Based Single Image Super Resolution", CVPR 2016; Lim et al. 2017.</remarks>
public static class SelfEnsemble
{
    private const int Orientations = 8;

    /// <summary>Restores images.</summary>
    /// <param name="restore">
    /// A network's <c>call</c>, or <see cref="TiledInference"/> of it. It must take images with sides exchanged, and enlarge both sides by
    /// the same factor. Its results are disposed.
    /// </param>
    /// <param name="images">(N, C, H, W).</param>
    /// <returns>The mean of the eight results, turned back.</returns>
    public static Tensor Restore(Func<Tensor, Tensor> restore, Tensor images)
    {
        ArgumentNullException.ThrowIfNull(restore);
        ArgumentNullException.ThrowIfNull(images);
        using var scope = NewDisposeScope();
        Tensor? sum = null;
        for (int i = 0; i < Orientations; i++)
        {
            Tensor result = Back(restore(Turned(images, i)), i);
            sum = sum is null ? result : sum + result;
        }

        return (sum! / Orientations).MoveToOuterDisposeScope();
    }

    // The bits of the orientation: upside down, left to right, rows for columns.
    private static Tensor Turned(Tensor images, int orientation)
    {
        Tensor flipped = Flipped(images, orientation);
        return (orientation & 4) != 0 ? flipped.transpose(2, 3) : flipped.alias();
    }

    private static Tensor Back(Tensor images, int orientation)
        => Flipped((orientation & 4) != 0 ? images.transpose(2, 3) : images, orientation);

    private static Tensor Flipped(Tensor images, int orientation) => (orientation & 3) switch
    {
        1 => images.flip(2),
        2 => images.flip(3),
        3 => images.flip(2, 3),
        _ => images,
    };
}
