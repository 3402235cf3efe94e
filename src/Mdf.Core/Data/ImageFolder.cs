using System.IO.Hashing;
using System.Text;
using Mdf.Imaging;
using Mdf.IO;
using static TorchSharp.torch;

namespace Mdf.Data;

/// <summary>
/// The images (PNG, JPEG, BMP, WebP) of a folder and its subfolders, of any size, ordered by relative path. Files are decoded on demand and
/// kept in memory up to <see cref="ImageFolderOptions.MemoryBudget"/>. PNG files with 16 bits a channel keep them.
/// </summary>
/// <remarks>
/// Links to files and folders are followed, and each real file counts once, also where links form a circle. Hidden files and folders are
/// left out. <see cref="Unreadable"/> lists what cannot be used, with the reasons.
/// </remarks>
public sealed class ImageFolder : IImageSource
{
    private static readonly string[] Extensions = [".png", ".jpg", ".jpeg", ".bmp", ".webp"];

    private readonly Func<string, StoredImage> decode;
    private readonly string decoder;
    private readonly long memoryBudget;
    private readonly string? cacheFolder;
    private readonly string[] names;
    private readonly StoredImage?[] kept;
    private readonly Lock gate = new();
    private long bytesKept;

    /// <summary>Lists the images of a folder without decoding them.</summary>
    /// <param name="path">Path of the folder.</param>
    /// <param name="options">Memory budget and size limit; null for the defaults.</param>
    /// <exception cref="DirectoryNotFoundException">The folder does not exist.</exception>
    /// <exception cref="UnauthorizedAccessException">The process has no permission to read the folder.</exception>
    /// <exception cref="ArgumentException">
    /// The folder has no usable file with the extension .png, .jpg, .jpeg, .bmp or .webp. The message names an unreadable entry, if any.
    /// </exception>
    public ImageFolder(string path, ImageFolderOptions? options = null)
        : this(path, options ?? new ImageFolderOptions(), Extensions, "SkiaSharp", DecodeWith(options ?? new ImageFolderOptions()))
    {
    }

    /// <summary>Lists the images of a folder that another decoder reads.</summary>
    /// <param name="path">Path of the folder.</param>
    /// <param name="options">Memory budget and size limit.</param>
    /// <param name="extensions">Extensions of the files, with the dot, in lower case.</param>
    /// <param name="decoder">Name of the decoder, which keeps its images in the cache apart from those of others.</param>
    /// <param name="decode">Decodes a file; called by several threads at once.</param>
    internal ImageFolder(
        string path, ImageFolderOptions options, IReadOnlyCollection<string> extensions, string decoder, Func<string, StoredImage> decode)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        this.decoder = decoder;
        this.decode = decode;
        memoryBudget = options.MemoryBudget;
        cacheFolder = options.CacheFolder;
        FullName = Path.GetFullPath(path);
        var walk = FolderWalk.Through(
            FullName, name => extensions.Contains(Path.GetExtension(name), StringComparer.OrdinalIgnoreCase));
        names = [.. walk.Files];
        Unreadable = [.. walk.Unusable.Select(u => new SkippedImage(u.Name, u.Reason))];
        kept = new StoredImage?[names.Length];
        Description = names.Length > 0
            ? Describe()
            : throw new ArgumentException(
                $"'{FullName}' holds no file with the extension of an image ({string.Join(", ", extensions)})."
                + (Unreadable is [var first, ..] ? $" {Unreadable.Count} cannot be used; the first, {first.Name}: {first.Reason}" : ""),
                nameof(path));
    }

    /// <summary>Absolute path of the folder.</summary>
    public string FullName { get; }

    /// <inheritdoc/>
    public int Count => names.Length;

    /// <summary>Name of the folder, number of images, and a CRC-32 checksum of the files' names and lengths.</summary>
    public string Description { get; }

    /// <summary>
    /// Entries that are left out of <see cref="Count"/>, with the reasons: names that are not UTF-8, folders without permission, links to
    /// nothing, empty files, and pipes, sockets and devices.
    /// </summary>
    public IReadOnlyList<SkippedImage> Unreadable { get; }

    /// <summary>Returns an image's path relative to the folder, with forward slashes.</summary>
    /// <param name="index">Index of the image, from 0 to <see cref="Count"/> - 1.</param>
    /// <returns>The relative path.</returns>
    public string NameOf(int index) => names[index];

    /// <inheritdoc/>
    public StoredImage Read(int index)
    {
        lock (gate)
        {
            if (kept[index] is { } image)
            {
                return image;
            }
        }

        StoredImage decoded = Decode(Path.Combine(FullName, names[index]));
        lock (gate)
        {
            if (kept[index] is null && bytesKept + decoded.ByteCount <= memoryBudget)
            {
                kept[index] = decoded;
                bytesKept += decoded.ByteCount;
            }
        }

        return decoded;
    }

    private StoredImage Decode(string path) => DecodedCache.Through(cacheFolder, decoder, path, () =>
    {
        using var scope = NewDisposeScope();
        return decode(path);
    });

    private static Func<string, StoredImage> DecodeWith(ImageFolderOptions options) => path =>
    {
        byte[] encoded = File.ReadAllBytes(path);
        var read = new ImageReadOptions { MaximumPixels = options.MaximumPixels };
        if (ImageDecoder.TryDecodeBytes(encoded, read, path) is var (pixels, width, height))
        {
            return new ByteImage(pixels, width, height);
        }

        Tensor image = ImageFile.Decode(encoded, read, path);
        return PngHeader.TryRead(encoded) is { BitDepth: 16 } ? FloatImage.FromTensor(image) : ByteImage.FromTensor(image);
    };

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
