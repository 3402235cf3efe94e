namespace Mdf.IO;

/// <summary>Writes files atomically: a reader sees either the old content or all of the new content.</summary>
internal static class AtomicFile
{
    private const string Extension = ".tmp";

    // No write takes this long, so older temporary files were left by a process that was killed.
    private static readonly TimeSpan Abandoned = TimeSpan.FromDays(1);

    /// <summary>
    /// Writes to a temporary file beside <paramref name="path"/> and renames it once it is complete. Also deletes abandoned temporary files
    /// of the same path.
    /// </summary>
    public static void Write(string path, Action<Stream> write)
    {
        string full = Path.GetFullPath(path);
        string temporary = $"{full}.{Guid.NewGuid():N}{Extension}";
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 1 << 16))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, full, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }

        DeleteAbandoned(new FileInfo(full));
    }

    private static void DeleteAbandoned(FileInfo target)
    {
        try
        {
            foreach (FileInfo file in target.Directory!.EnumerateFiles($"*{Extension}").Where(f => IsTemporary(f.Name, target.Name)))
            {
                if (DateTime.UtcNow - file.LastWriteTimeUtc > Abandoned)
                {
                    file.Delete();
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The file itself has been written; the next write tries to clean up again.
        }
    }

    private static bool IsTemporary(string name, string target) =>
        name.StartsWith(target + ".", StringComparison.Ordinal)
        && Guid.TryParseExact(name.AsSpan(target.Length + 1, Math.Max(name.Length - target.Length - 1 - Extension.Length, 0)), "N", out _);
}
