using Mdf.Imaging;
using static TorchSharp.torch;

namespace Reproduce;

/// <summary>Photographs of a folder, or pictures that need none.</summary>
internal static class TestImages
{
    private const int SyntheticCount = 8;
    private const int SyntheticSide = 160;

    private static readonly string[] Extensions = [".png", ".jpg", ".jpeg", ".bmp", ".webp"];

    /// <summary>The first images of a folder, (1, 3, H, W), in the order of their names; synthetic ones without a folder.</summary>
    public static IReadOnlyList<Tensor> Read(DirectoryInfo? folder, int count)
    {
        if (folder is null)
        {
            return [.. Enumerable.Range(1, Math.Min(count, SyntheticCount)).Select(i => SyntheticImage.DeadLeaves(SyntheticSide, SyntheticSide, seed: i))];
        }

        string[] files = [.. folder.GetFiles().Where(f => Extensions.Contains(f.Extension.ToLowerInvariant())).Select(f => f.FullName).Order(StringComparer.Ordinal).Take(count)];
        return files.Length > 0
            ? [.. files.Select(f => ImageFile.Read(f))]
            : throw new ArgumentException($"{folder.FullName} holds no image ({string.Join(", ", Extensions)}).");
    }
}
