using System.IO.Hashing;
using System.Text;
using Mdf.Imaging;
using static TorchSharp.torch;

namespace Mdf.Data;

/// <summary>
/// The images (PNG, JPEG, BMP, WebP) of a folder and its subfolders, of any size, ordered by relative path. Files are decoded on demand and
/// kept in memory as bytes up to <see cref="ImageFolderOptions.MemoryBudget"/>. Images with 16 bits a channel are rounded to 8.
/// </summary>
public sealed class ImageFolder : IImageSource
{
    private static readonly string[] Extensions = [".png", ".jpg", ".jpeg", ".bmp", ".webp"];

    private readonly ImageFolderOptions options;
    private readonly string[] names;
    private readonly ByteImage?[] kept;
    private readonly Lock gate = new();
    private long bytesKept;

    /// <summary>Lists the images of a folder without decoding them.</summary>
    /// <param name="path">Path of the folder.</param>
    /// <param name="options">Memory budget and size limit; null for the defaults.</param>
    /// <exception cref="DirectoryNotFoundException">The folder does not exist.</exception>
    /// <exception cref="UnauthorizedAccessException">The process has no permission to read the folder.</exception>
    /// <exception cref="ArgumentException">The folder has no file with the extension .png, .jpg, .jpeg, .bmp or .webp.</exception>
    public ImageFolder(string path, ImageFolderOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        this.options = options ?? new ImageFolderOptions();
        FullName = Path.GetFullPath(path);
        names = [.. Files().Select(f => Path.GetRelativePath(FullName, f.FullName).Replace('\\', '/')).Order(StringComparer.Ordinal)];
        kept = new ByteImage?[names.Length];
        Description = names.Length > 0
            ? Describe()
            : throw new ArgumentException(
                $"'{FullName}' holds no file with the extension of an image ({string.Join(", ", Extensions)}).", nameof(path));
    }

    /// <summary>Absolute path of the folder.</summary>
    public string FullName { get; }

    /// <inheritdoc/>
    public int Count => names.Length;

    /// <summary>Name of the folder, number of images, and a CRC-32 checksum of the files' names and lengths.</summary>
    public string Description { get; }

    /// <summary>Returns an image's path relative to the folder, with forward slashes.</summary>
    /// <param name="index">Index of the image, from 0 to <see cref="Count"/> - 1.</param>
    /// <returns>The relative path.</returns>
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

    // The default options skip hidden files: some systems keep metadata in hidden files with image extensions.
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

        string folder = Path.GetFileName(Path.TrimEndingDirectorySeparator(FullName));
        return $"{folder}: {names.Length} images, CRC-32 {checksum.GetCurrentHashAsUInt32():x8}";
    }
}
