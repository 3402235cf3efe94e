namespace Mdf.IO;

/// <summary>Resolves links in paths.</summary>
internal static class RealPaths
{
    private const int MostLinks = 40;

    /// <summary>Returns the path of a file or folder with every link in it replaced by its target.</summary>
    /// <param name="path">Absolute path; its last parts need not exist.</param>
    /// <exception cref="IOException">The links form a circle.</exception>
    public static string Of(string path)
    {
        string root = Path.GetPathRoot(path)!;
        var parts = new Stack<string>(Parts(path, root).Reverse());
        string real = root;
        int links = 0;
        while (parts.TryPop(out string? part))
        {
            string next = Path.Combine(real, part);
            if (new FileInfo(next).LinkTarget is not { } target)
            {
                real = next;
                continue;
            }

            if (++links > MostLinks)
            {
                throw new IOException("its links form a circle.");
            }

            string whole = Path.GetFullPath(target, real);
            real = Path.GetPathRoot(whole)!;
            foreach (string other in Parts(whole, real).Reverse())
            {
                parts.Push(other);
            }
        }

        return real;
    }

    private static string[] Parts(string path, string root) =>
        path[root.Length..].Split([Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar], StringSplitOptions.RemoveEmptyEntries);
}
