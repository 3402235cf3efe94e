using System.Diagnostics;
using System.Globalization;
using Mdf.Data;
using Mdf.Degradations;
using Mdf.Training.Restoration;

namespace Mdf.Benchmarks;

/// <summary>
/// Measures how fast batches of patches are made from a folder of photographs, without training: decoding, cropping, turning, joining.
/// <c>data_loader.py</c> does the same work with PyTorch's DataLoader and Pillow.
/// </summary>
internal static class DataSide
{
    public const string Command = "data";

    private const int Batch = 16;
    private const int Patch = 48;
    private const int Rounds = 5;
    private const int Longer = 10;
    private static readonly int[] Workers = [1, 2, 4];

    /// <summary>Prints patches a second for each number of workers.</summary>
    /// <param name="folder">Folder of photographs.</param>
    /// <param name="batches">Number of batches of each of the five rounds; ten times as many where images are decoded once.</param>
    public static void Run(string folder, int batches)
    {
        string cache = Directory.CreateTempSubdirectory("mdf-data-").FullName;
        try
        {
            Measure("decoded for each patch", batches, new ImageFolderOptions { MemoryBudget = 0 });
            Measure("decoded once, kept on disk", batches * Longer, new ImageFolderOptions { MemoryBudget = 0, CacheFolder = cache });
            Measure("decoded once, kept in memory", batches * Longer, new ImageFolderOptions());
        }
        finally
        {
            Directory.Delete(cache, recursive: true);
        }

        void Measure(string kind, int count, ImageFolderOptions options)
        {
            var pairs = new ImagePairs(new ImageFolder(folder, options), new NoDegradation());
            Take(pairs, workers: 2, Math.Max(count, 10 * pairs.Count / Batch));
            foreach (int workers in Workers)
            {
                double[] speeds = [.. Enumerable.Range(0, Rounds).Select(_ => Take(pairs, workers, count)).Order()];
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{kind}, {workers} workers: {speeds[Rounds / 2]:f0} patches/s ({speeds[0]:f0} to {speeds[^1]:f0})"));
            }
        }
    }

    private static double Take(ImagePairs pairs, int workers, int batches)
    {
        using var prefetch = new BatchPrefetch(Make, first: 0, batches, depth: 2 * workers, workers);
        prefetch.Take().Dispose();
        var watch = Stopwatch.StartNew();
        for (int i = 1; i < batches; i++)
        {
            prefetch.Take().Dispose();
        }

        return (batches - 1) * Batch / watch.Elapsed.TotalSeconds;

        PairedBatch Make(int number) => pairs.Patches(Batch, Patch, new Random(number));
    }
}
