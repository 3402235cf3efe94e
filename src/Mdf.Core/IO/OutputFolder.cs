namespace Mdf.IO;

/// <summary>
/// Creates a folder for output. Disposing this object deletes the folders that it created, if they are still empty, so that a failed start
/// leaves nothing behind.
/// </summary>
internal sealed class OutputFolder : IDisposable
{
    // The deepest folder comes first.
    private readonly List<string> created = [];

    /// <param name="path">Path of the folder, which may exist.</param>
    /// <exception cref="IOException">The folder cannot be created, for instance because a file has its name.</exception>
    /// <exception cref="UnauthorizedAccessException">The process has no permission to create the folder.</exception>
    public OutputFolder(string path)
    {
        string full = Path.GetFullPath(path);
        for (string? folder = full; folder is not null && !Directory.Exists(folder); folder = Path.GetDirectoryName(folder))
        {
            created.Add(folder);
        }

        Directory.CreateDirectory(full);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            created.ForEach(Directory.Delete);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The folder is in use, so it stays.
        }
    }
}
