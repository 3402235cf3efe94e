using Mdf.Imaging;
using Mdf.TorchCompatibility;
using static TorchSharp.torch;

namespace Mdf.Models.Restoration;

/// <summary>
/// Restores images in their eight orientations (rotations by 90 degrees, with and without mirroring) and averages the results, as in EDSR+.
/// The result is slightly better, at eight times the cost.
/// </summary>
/// <remarks>Timofte et al., "Seven Ways to Improve Example-Based Single Image Super Resolution", CVPR 2016; Lim et al. 2017.</remarks>
public static class SelfEnsemble
{
    /// <summary>Restores images in eight orientations and averages the results.</summary>
    /// <param name="restore">
    /// Restores images: a network's <c>call</c>, or <see cref="TiledInference"/> with a network. It must accept images with height and
    /// width exchanged, and enlarge both sides by the same factor. Its results are disposed.
    /// </param>
    /// <param name="images">Images, (N, C, H, W).</param>
    /// <returns>Mean of the eight results, in the original orientation.</returns>
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
