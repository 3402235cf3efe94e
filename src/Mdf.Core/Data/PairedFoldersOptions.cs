namespace Mdf.Data;

/// <summary>Matching of the images of <see cref="PairedFolders"/>.</summary>
public sealed record PairedFoldersOptions
{
    /// <summary>
    /// Text that the degraded images' names have at the end, before the extension, such as <c>x4</c> where <c>0001x4.png</c> belongs to
    /// <c>0001.png</c>. Default: empty, for equal names.
    /// </summary>
    public string Suffix { get; init; } = "";

    /// <summary>
    /// Text file that names the pairs instead: on each line the degraded image and the reference, relative to their folders, divided by a
    /// tab or comma. Empty lines and lines that begin with <c>#</c> are left out. Default: null, for matching by name.
    /// </summary>
    public string? ListFile { get; init; }

    /// <summary>
    /// Memory budget, size limit and cache of each of the two folders. Default: the defaults of <see cref="ImageFolderOptions"/>.
    /// </summary>
    public ImageFolderOptions Images { get; init; } = new();
}
