namespace Mdf.IO;

/// <summary>
/// Lists the files of a folder and its subfolders. Links are followed, each real file and folder counts once, and entries that cannot be
/// used are collected with the reason.
/// </summary>
internal sealed class FolderWalk
{
    private const int MaximumDepth = 32;
    private const char Undecodable = '\uFFFD';

    // Hidden files are skipped: some systems keep metadata in hidden files with image extensions.
    private static readonly EnumerationOptions Visible = new() { IgnoreInaccessible = false };

    private readonly string root;
    private readonly Func<string, bool> isWanted;
    private readonly HashSet<string> seen = new(StringComparer.Ordinal);
    private readonly List<string> files = [];
    private readonly List<(string Name, string Reason)> unusable = [];
    private readonly Queue<(string Name, string RealPath, int Depth)> links = new();

    private FolderWalk(string root, Func<string, bool> isWanted)
    {
        this.root = root;
        this.isWanted = isWanted;
    }

    /// <summary>Paths of the files relative to the folder, with forward slashes, in ordinal order.</summary>
    public IReadOnlyList<string> Files => files;

    /// <summary>Relative paths of the entries that cannot be used, with the reasons, in ordinal order.</summary>
    public IReadOnlyList<(string Name, string Reason)> Unusable => unusable;

    /// <summary>Lists a folder.</summary>
    /// <param name="root">Absolute path of the folder.</param>
    /// <param name="isWanted">Tells by its name whether a file is wanted.</param>
    /// <exception cref="DirectoryNotFoundException">The folder does not exist.</exception>
    /// <exception cref="UnauthorizedAccessException">The process has no permission to read the folder.</exception>
    public static FolderWalk Through(string root, Func<string, bool> isWanted)
    {
        var walk = new FolderWalk(root, isWanted);
        walk.Enter("", RealPaths.Of(root), 0);

        // Links come last: a file in its own place is known by that place, not by a link to it.
        while (walk.links.TryDequeue(out (string Name, string RealPath, int Depth) link))
        {
            walk.Follow(link.Name, link.RealPath, link.Depth);
        }

        walk.files.Sort(StringComparer.Ordinal);
        walk.unusable.Sort((a, b) => string.CompareOrdinal(a.Name, b.Name));
        return walk;
    }

    private void Enter(string name, string realPath, int depth)
    {
        if (!seen.Add(realPath))
        {
            return;
        }

        if (depth > MaximumDepth)
        {
            unusable.Add((name, $"it lies more than {MaximumDepth} folders deep."));
            return;
        }

        FileSystemInfo[] entries;
        try
        {
            entries = [.. new DirectoryInfo(Path.Combine(root, name)).EnumerateFileSystemInfos("*", Visible)];
        }
        catch (Exception e) when (depth > 0 && e is UnauthorizedAccessException or IOException)
        {
            unusable.Add((name, $"its files cannot be listed: {e.Message}"));
            return;
        }

        foreach (FileSystemInfo entry in entries.OrderBy(e => e.Name, StringComparer.Ordinal))
        {
            Visit(entry, name.Length == 0 ? entry.Name : $"{name}/{entry.Name}", Path.Combine(realPath, entry.Name), depth);
        }
    }

    private void Visit(FileSystemInfo entry, string name, string realPath, int depth)
    {
        if (entry.Name.Contains(Undecodable, StringComparison.Ordinal) && !entry.Exists)
        {
            if (MayMatter(entry.Name))
            {
                unusable.Add((name, "its name is not UTF-8; rename it."));
            }
        }
        else if (entry.LinkTarget is not null)
        {
            links.Enqueue((name, realPath, depth));
        }
        else if (entry is DirectoryInfo)
        {
            Enter(name, realPath, depth + 1);
        }
        else if (isWanted(entry.Name))
        {
            Add(name, realPath);
        }
    }

    private void Follow(string name, string realPath, int depth)
    {
        try
        {
            string target = RealPaths.Of(realPath);
            if (Directory.Exists(target))
            {
                Enter(name, target, depth + 1);
            }
            else if (isWanted(name))
            {
                Add(name, target);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            unusable.Add((name, $"it is a link that cannot be followed: {e.Message}"));
        }
    }

    private void Add(string name, string realPath)
    {
        if (!seen.Add(realPath))
        {
            return;
        }

        var file = new FileInfo(realPath);
        if (!file.Exists)
        {
            unusable.Add((name, "it is a link to a file that does not exist."));
        }
        else if (file.Length == 0)
        {
            // Opening a pipe would wait for a writer. Whatever is not a regular file has the length 0.
            unusable.Add((name, "it is empty, or it is a pipe, a socket or a device."));
        }
        else
        {
            files.Add(name);
        }
    }

    // Folders have no extension, as a rule.
    private bool MayMatter(string name) => isWanted(name) || Path.GetExtension(name).Length == 0;
}
