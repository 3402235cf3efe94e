using System.IO.Hashing;
using System.Text;

namespace Mdf.Data;

/// <summary>
/// Pairs of a folder of degraded images and a folder of reference images, matched by their paths without extensions, or by a list. Images
/// without a partner are listed in <see cref="Unreadable"/>, never paired by order.
/// </summary>
public sealed class PairedFolders : IImagePairSource
{
    private readonly ImageFolder degraded;
    private readonly ImageFolder references;
    private readonly (int Degraded, int Reference)[] pairs;

    /// <summary>Matches the images of two folders without decoding them.</summary>
    /// <param name="degradedFolder">Folder of degraded images.</param>
    /// <param name="referenceFolder">Folder of reference images.</param>
    /// <param name="options">Suffix, list, memory budget; null for the defaults.</param>
    /// <exception cref="DirectoryNotFoundException">A folder does not exist.</exception>
    /// <exception cref="FileNotFoundException">The list file does not exist.</exception>
    /// <exception cref="UnauthorizedAccessException">The process has no permission to read a folder or the list.</exception>
    /// <exception cref="ArgumentException">
    /// A folder has no image, no names match (the message shows names of both folders and, if it would help, the suffix to set), or a line
    /// of the list is wrong.
    /// </exception>
    public PairedFolders(string degradedFolder, string referenceFolder, PairedFoldersOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(degradedFolder);
        ArgumentException.ThrowIfNullOrEmpty(referenceFolder);
        options ??= new PairedFoldersOptions();
        degraded = Open(degradedFolder, options.Images, nameof(degradedFolder));
        references = Open(referenceFolder, options.Images, nameof(referenceFolder));
        var matches = new PairMatching(Names(degraded), Names(references), degraded.FullName, references.FullName);
        pairs = options.ListFile is { } list ? matches.ByList(list) : matches.ByName(options.Suffix);
        Unreadable =
        [
            .. degraded.Unreadable.Select(u => new SkippedImage($"{degradedFolder}: {u.Name}", u.Reason)),
            .. references.Unreadable.Select(u => new SkippedImage($"{referenceFolder}: {u.Name}", u.Reason)),
            .. matches.Unmatched,
        ];
        Description = $"{degraded.Description} with {references.Description}, {pairs.Length} pairs, CRC-32 {Checksum():x8}";
    }

    /// <inheritdoc/>
    public int Count => pairs.Length;

    /// <summary>Names of the folders, number of images and pairs, and CRC-32 checksums of names and lengths.</summary>
    public string Description { get; }

    /// <inheritdoc/>
    public IReadOnlyList<SkippedImage> Unreadable { get; }

    /// <summary>Returns the reference's path relative to its folder, with forward slashes.</summary>
    /// <param name="index">Index of the pair, from 0 to <see cref="Count"/> - 1.</param>
    /// <returns>The relative path.</returns>
    public string NameOf(int index) => references.NameOf(pairs[index].Reference);

    /// <inheritdoc/>
    public ImagePair Read(int index) => new(degraded.Read(pairs[index].Degraded), references.Read(pairs[index].Reference));

    private static ImageFolder Open(string folder, ImageFolderOptions options, string argument)
    {
        try
        {
            return new ImageFolder(folder, options);
        }
        catch (ArgumentException e)
        {
            throw new ArgumentException(e.Message, argument, e);
        }
    }

    private static string[] Names(ImageFolder folder) => [.. Enumerable.Range(0, folder.Count).Select(folder.NameOf)];

    private uint Checksum()
    {
        var checksum = new Crc32();
        foreach ((int low, int high) in pairs)
        {
            checksum.Append(Encoding.UTF8.GetBytes($"{degraded.NameOf(low)}\n{references.NameOf(high)}\n"));
        }

        return checksum.GetCurrentHashAsUInt32();
    }
}
