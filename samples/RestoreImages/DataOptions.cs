using System.CommandLine;
using Mdf.Data;
using Samples.Common;

namespace RestoreImages;

/// <summary>Options that name folders of degraded images, for pairs.</summary>
/// <param name="prefix">Beginning of the options' names, such as <c>--validation-</c>.</param>
/// <param name="references">The option that names the reference images.</param>
internal sealed class DataOptions(string prefix, string references)
{
    private readonly Option<DirectoryInfo?> degraded = new($"{prefix}degraded")
    {
        Description = $"Folder of images that are degraded already, one for each of {references}; instead of degrading those.",
    };

    private readonly Option<string?> suffix = new($"{prefix}suffix")
    {
        Description = "End of the degraded images' names, such as x4 where 1x4.png belongs to 1.png.",
    };

    private readonly Option<FileInfo?> list = new($"{prefix}pairs")
    {
        Description =
            "List of pairs, instead of matching names: on each line a degraded image and its reference, divided by a tab or comma.",
    };

    public void AddTo(Command command)
    {
        command.Add(degraded);
        command.Add(suffix);
        command.Add(list);
    }

    /// <summary>Returns the pairs; null if no degraded images are named.</summary>
    public PairedFolders? Pairs(ParseResult arguments, string? referenceFolder, string? cache)
    {
        string? end = arguments.GetValue(suffix);
        FileInfo? file = arguments.GetValue(list);
        if (arguments.GetValue(degraded) is not { } folder)
        {
            return end is null && file is null
                ? null
                : throw new ArgumentException(
                    $"{(end is null ? list.Name : suffix.Name)} needs {degraded.Name}, which names the degraded images.");
        }

        return new PairedFolders(
            folder.FullName,
            referenceFolder ?? throw new ArgumentException($"{degraded.Name} needs {references}, which names the reference images."),
            new PairedFoldersOptions
            {
                Suffix = end ?? "",
                ListFile = file is null ? null : Files.RequireFile(file.FullName, list.Name),
                Images = new ImageFolderOptions { CacheFolder = cache },
            });
    }
}
