using Mdf.Imaging;
using static TorchSharp.torch;

namespace Mdf.Degradations;

/// <summary>
/// Shuffles the pixels of every level of the Laplacian pyramid, the small image included: the statistics of every scale stay, what the
/// image shows goes. The channels of a pixel stay together; each image and level has its own permutation.
/// </summary>
/// <remarks>
/// Figure 1c in the supplement of Mustafa et al., WACV 2022, which does not give the number of levels. Values may leave [0, 1].
/// </remarks>
public sealed class ScrambledLaplacianPyramid : Degradation
{
    /// <summary>Scrambling.</summary>
    /// <param name="levels">
    /// Levels of the pyramid, at least 1; images must be large enough (<see cref="LaplacianPyramid.LargestLevelCount"/>).
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">There is less than one level.</exception>
    public ScrambledLaplacianPyramid(int levels = 5)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(levels, 1);
        Levels = levels;
    }

    /// <summary>Levels of the pyramid.</summary>
    public int Levels { get; }

    /// <inheritdoc/>
    public override string Description => $"scrambled Laplacian pyramid of {Levels} levels";

    /// <inheritdoc/>
    protected override Tensor Degrade(Tensor images, Random random)
        => EachImage(
            images, image => LaplacianPyramid.Collapse([.. LaplacianPyramid.Build(image, Levels).Select(level => Scramble(level, random))]));

    private static Tensor Scramble(Tensor level, Random random)
    {
        long[] places = [.. Enumerable.Range(0, checked((int)(level.shape[2] * level.shape[3]))).Select(i => (long)i)];
        random.Shuffle(places);
        return level.flatten(2).index_select(2, tensor(places, device: level.device)).reshape(level.shape);
    }
}
