using System.Globalization;
using Mdf.Data;
using Mdf.Imaging;
using Mdf.Models.Restoration;
using Mdf.TorchCompatibility;
using static TorchSharp.torch;

namespace Mdf.Training.Restoration;

/// <summary>
/// Writes the middles of the first validation images, degraded, restored and as they should be, side by side, so that progress can be seen.
/// </summary>
internal static class ValidationPatches
{
    /// <summary>Name of the folder of the pictures.</summary>
    public const string FolderName = "patches";

    private const int Side = 96;
    private const int Gap = 4;
    private const string Digits = "d8";

    /// <summary>Restores the middles with a network and writes one PNG file for each.</summary>
    /// <param name="folder">Output folder of the training.</param>
    /// <param name="step">Step of the training, which the files' names begin with.</param>
    /// <param name="network">The network; its mode is kept.</param>
    /// <param name="pairs">The validation images.</param>
    /// <param name="count">Number of images, from the first usable one on.</param>
    /// <param name="seed">Seed of the validation.</param>
    public static void Write(string folder, int step, RestorationNetwork network, ImagePairs pairs, int count, long seed)
    {
        Directory.CreateDirectory(Path.Combine(folder, FolderName));
        var seeds = new SeedSequence(seed);
        bool wasTraining = network.training;
        network.eval();
        try
        {
            int written = 0;
            for (int i = 0; i < pairs.Count && written < count; i++)
            {
                using PairedBatch? pair = pairs.Whole(i, seeds.Random(SeedSequence.Purpose.Evaluation, i), Side);
                if (pair is not null)
                {
                    using Tensor picture = Picture(network, pair);
                    ImageFile.Write(PathOf(folder, step, ++written), picture);
                }
            }
        }
        finally
        {
            network.train(wasTraining);
        }
    }

    /// <summary>Returns the paths of the pictures of a step, in order.</summary>
    public static IEnumerable<string> Find(string folder, int step) => Enumerable.Range(1, int.MaxValue - 1)
        .Select(number => PathOf(folder, step, number))
        .TakeWhile(File.Exists);

    private static string PathOf(string folder, int step, int number) =>
        Path.Combine(folder, FolderName, string.Create(CultureInfo.InvariantCulture, $"{step.ToString(Digits)}-{number}.png"));

    private static Tensor Picture(RestorationNetwork network, PairedBatch pair)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        int scale = network.Scale, side = Side / scale;
        Tensor small = pair.Degraded;
        (long top, long left) = ((small.shape[2] - side) / 2, (small.shape[3] - side) / 2);
        Tensor degraded = small.narrow(2, top, side).narrow(3, left, side).contiguous();
        Tensor reference = pair.Reference.narrow(2, top * scale, side * scale).narrow(3, left * scale, side * scale);
        Tensor restored = TiledInference.Restore(network, degraded.to(network.parameters().First().device)).cpu().Within(0, 1);
        Tensor enlarged = nn.functional.interpolate(degraded, [side * scale, side * scale], mode: InterpolationMode.Nearest);
        Tensor gap = ones(1, reference.shape[1], reference.shape[2], Gap);
        return cat([enlarged, gap, restored, gap, reference], 3).MoveToOuterDisposeScope();
    }
}
