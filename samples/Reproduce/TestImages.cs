using Mdf.Imaging;
using static TorchSharp.torch;

namespace Reproduce;

/// <summary>Photographs of a folder, or pictures that need none.</summary>
internal static class TestImages
{
    private const int SyntheticCount = 8;
    private const int SyntheticSide = 160;

    private const int LeastSide = 48;

    private static readonly string[] Extensions = [".png", ".jpg", ".jpeg", ".bmp", ".webp"];

    /// <summary>The first images of a folder, (1, 3, H, W), in the order of their names; without a folder synthetic ones, by seeds from the first on.</summary>
    public static IReadOnlyList<Tensor> Read(DirectoryInfo? folder, int count, int firstSeed)
    {
        if (folder is null)
        {
            return [.. Enumerable.Range(firstSeed, Math.Min(count, SyntheticCount)).Select(i => SyntheticImage.DeadLeaves(SyntheticSide, SyntheticSide, seed: i))];
        }

        string[] files = [.. folder.GetFiles().Where(f => Extensions.Contains(f.Extension.ToLowerInvariant())).Select(f => f.FullName).Order(StringComparer.Ordinal).Take(count)];
        return files.Length > 0
            ? [.. files.Select(Large)]
            : throw new ArgumentException($"{folder.FullName} holds no image ({string.Join(", ", Extensions)}).");
    }

    private static Tensor Large(string file)
    {
        Tensor image = ImageFile.Read(file);
        return Math.Min(image.shape[2], image.shape[3]) >= LeastSide
            ? image
            : throw new ArgumentException($"{file} is {image.shape[3]} x {image.shape[2]} pixels; at least {LeastSide} either way are needed.");
    }
}
