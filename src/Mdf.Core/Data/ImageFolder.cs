using System.IO.Hashing;
using System.Text;
using Mdf.Imaging;
using static TorchSharp.torch;

namespace Mdf.Data;

/// <summary>
/// The images (PNG, JPEG, BMP, WebP) of a folder and the folders in it, of any size, in the order of their names. Files are decoded when
/// they are asked for, and kept as bytes up to <see cref="ImageFolderOptions.MemoryBudget"/>; images of 16 bits are rounded to 8.
/// </summary>
public sealed class ImageFolder : IImageSource
{
    private static readonly string[] Extensions = [".png", ".jpg", ".jpeg", ".bmp", ".webp"];

    private readonly ImageFolderOptions options;
    private readonly string[] names;
    private readonly ByteImage?[] kept;
    private readonly Lock gate = new();
    private long bytesKept;

    /// <summary>Lists a folder. No image is decoded yet.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder must not be read.</exception>
    /// <exception cref="ArgumentException">No file in it has the extension of an image.</exception>
    public ImageFolder(string path, ImageFolderOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        this.options = options ?? new ImageFolderOptions();
        FullName = Path.GetFullPath(path);
        names = [.. Files().Select(f => Path.GetRelativePath(FullName, f.FullName).Replace('\\', '/')).Order(StringComparer.Ordinal)];
        kept = new ByteImage?[names.Length];
        Description = names.Length > 0
            ? Describe()
            : throw new ArgumentException($"'{FullName}' holds no file with the extension of an image ({string.Join(", ", Extensions)}).", nameof(path));
    }

    /// <summary>The folder.</summary>
    public string FullName { get; }

    /// <inheritdoc/>
    public int Count => names.Length;

    /// <summary>The folder's name, the number of its images, and a checksum of their names and lengths.</summary>
    public string Description { get; }

    /// <summary>The path of an image's file, from the folder on, with slashes.</summary>
    /// <param name="index">0 up to, not including, <see cref="Count"/>.</param>
    /// <returns>The path.</returns>
    public string NameOf(int index) => names[index];

    /// <inheritdoc/>
    public ByteImage Read(int index)
    {
        lock (gate)
        {
            if (kept[index] is { } image)
            {
                return image;
            }
        }

        ByteImage decoded = Decode(Path.Combine(FullName, names[index]));
        lock (gate)
        {
            if (kept[index] is null && bytesKept + decoded.Length <= options.MemoryBudget)
            {
                kept[index] = decoded;
                bytesKept += decoded.Length;
            }
        }

        return decoded;
    }

    private ByteImage Decode(string path)
    {
        using var scope = NewDisposeScope();
        return ByteImage.FromTensor(ImageFile.Read(path, new ImageReadOptions { MaximumPixels = options.MaximumPixels }));
    }

    // Hidden files are left out: systems keep what is no image under the names of images.
    private IEnumerable<FileInfo> Files() => new DirectoryInfo(FullName)
        .EnumerateFiles("*", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 32 })
        .Where(f => Extensions.Contains(f.Extension, StringComparer.OrdinalIgnoreCase));

    private string Describe()
    {
        var checksum = new Crc32();
        foreach (string name in names)
        {
            checksum.Append(Encoding.UTF8.GetBytes($"{name}\n{new FileInfo(Path.Combine(FullName, name)).Length}\n"));
        }

        return $"{Path.GetFileName(Path.TrimEndingDirectorySeparator(FullName))}: {names.Length} images, CRC-32 {checksum.GetCurrentHashAsUInt32():x8}";
    }
}
