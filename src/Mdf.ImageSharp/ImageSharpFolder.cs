using Mdf.Data;

namespace Mdf.ImageSharp;

/// <summary>
/// The images of a folder and its subfolders in all formats that ImageSharp decodes: BMP, GIF, JPEG, PBM, PNG, TGA, TIFF and WebP. Files
/// are decoded on demand and kept in memory as bytes up to <see cref="ImageFolderOptions.MemoryBudget"/>.
/// </summary>
/// <remarks>
/// <para>
/// Names, order, links and unreadable entries are those of <see cref="ImageFolder"/>. The first frame of an animation is read, the EXIF
/// orientation is applied, alpha is composited over white, and PNG files with 16 bits a channel keep them; other files are rounded to 8.
/// </para>
/// <para>
/// <see cref="ImageFolder"/> decodes JPEG by libjpeg-turbo, as Python's libraries do, and ImageSharp by another decoder, so pixels differ a
/// little. Formats without loss give equal pixels.
/// </para>
/// </remarks>
public sealed class ImageSharpFolder : IImageSource
{
    private static readonly string[] Extensions =
        [".bmp", ".gif", ".jpeg", ".jpg", ".pbm", ".pgm", ".png", ".ppm", ".tga", ".tif", ".tiff", ".webp"];

    private readonly ImageFolder folder;

    /// <summary>Lists the images of a folder without decoding them.</summary>
    /// <param name="path">Path of the folder.</param>
    /// <param name="options">Memory budget and size limit; null for the defaults.</param>
    /// <exception cref="DirectoryNotFoundException">The folder does not exist.</exception>
    /// <exception cref="UnauthorizedAccessException">The process has no permission to read the folder.</exception>
    /// <exception cref="ArgumentException">
    /// The folder has no usable file with the extension of one of the formats. The message names an unreadable entry, if any.
    /// </exception>
    public ImageSharpFolder(string path, ImageFolderOptions? options = null)
    {
        options ??= new ImageFolderOptions();
        folder = new ImageFolder(path, options, Extensions, "ImageSharp", file => ImageSharpDecoder.Decode(file, options.MaximumPixels));
    }

    /// <summary>Absolute path of the folder.</summary>
    public string FullName => folder.FullName;

    /// <inheritdoc/>
    public int Count => folder.Count;

    /// <summary>Name of the folder, number of images, and a CRC-32 checksum of the files' names and lengths.</summary>
    public string Description => folder.Description;

    /// <summary>Entries that are left out of <see cref="Count"/>, with the reasons.</summary>
    public IReadOnlyList<SkippedImage> Unreadable => folder.Unreadable;

    /// <summary>Returns an image's path relative to the folder, with forward slashes.</summary>
    /// <param name="index">Index of the image, from 0 to <see cref="Count"/> - 1.</param>
    /// <returns>The relative path.</returns>
    public string NameOf(int index) => folder.NameOf(index);

    /// <inheritdoc/>
    public StoredImage Read(int index) => folder.Read(index);
}
