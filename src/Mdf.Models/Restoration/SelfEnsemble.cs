using Mdf.Imaging;
using Mdf.TorchCompatibility;
using static TorchSharp.torch;

namespace Mdf.Models.Restoration;

/// <summary>
/// Restores an image in its eight orientations (turned by quarters, mirrored or not) and takes the mean of the results: EDSR+, for
/// instance. Eight times the work, and a little better.
/// </summary>
/// <remarks>Timofte et al., "Seven Ways to Improve Example-Based Single Image Super Resolution", CVPR 2016; Lim et al. 2017.</remarks>
public static class SelfEnsemble
{
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
        for (int i = 0; i < ImageOrientation.Count; i++)
        {
            Tensor result = ImageOrientation.TurnBack(restore(ImageOrientation.Turn(images, i)), i);
            sum = sum is null ? result : sum.Plus(result);
        }

        return sum!.Over(ImageOrientation.Count).MoveToOuterDisposeScope();
    }
}
