using Mdf.Imaging;
using static TorchSharp.torch;

namespace Mdf.Degradations;

/// <summary>
/// Shuffles the pixels of every level of the Laplacian pyramid, the small image included. The statistics of each scale stay the same, but
/// the image content is destroyed. The channels of a pixel stay together; each image and level has its own permutation.
/// </summary>
/// <remarks>
/// Distortion in Figure 1c of the supplement of Mustafa et al., WACV 2022, which does not specify the number of levels. Values may leave
/// [0, 1].
/// </remarks>
public sealed class ScrambledLaplacianPyramid : Degradation
{
    /// <summary>Creates the degradation.</summary>
    /// <param name="levels">
    /// Number of pyramid levels, at least 1 and at most what the images' size allows (<see cref="LaplacianPyramid.LargestLevelCount"/>).
    /// Default: 5.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">The number of levels is below 1.</exception>
    public ScrambledLaplacianPyramid(int levels = 5)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(levels, 1);
        Levels = levels;
    }

    /// <summary>Number of pyramid levels.</summary>
    public int Levels { get; }

    /// <inheritdoc/>
    public override string Description => $"scrambled Laplacian pyramid of {Levels} levels";

    /// <inheritdoc/>
    protected override Tensor Degrade(Tensor images, Random random)
        => EachImage(
            images,
            image => LaplacianPyramid.Collapse([.. LaplacianPyramid.Build(image, Levels).Select(level => Scramble(level, random))]));

    private static Tensor Scramble(Tensor level, Random random)
    {
        long[] places = [.. Enumerable.Range(0, checked((int)(level.shape[2] * level.shape[3]))).Select(i => (long)i)];
        random.Shuffle(places);
        return level.flatten(2).index_select(2, tensor(places, device: level.device)).reshape(level.shape);
    }
}
