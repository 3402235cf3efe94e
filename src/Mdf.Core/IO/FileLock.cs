namespace Mdf.IO;

/// <summary>
/// Locks a file or folder against other processes with a second file beside it, <c>*.lock</c>, which is open exclusively and deleted at the
/// end. The operating system releases the lock of a process that dies, so a leftover lock file does not block others.
/// </summary>
internal static class FileLock
{
    private const string Extension = ".lock";

    /// <summary>Locks a file or folder, which need not exist, until the result is disposed.</summary>
    /// <param name="path">Path of the file or folder.</param>
    /// <param name="refusal">Message of the exception if another process holds the lock.</param>
    /// <exception cref="IOException">Another process holds the lock, or the file's folder does not exist.</exception>
    public static IDisposable Take(string path, string refusal)
    {
        string claim = path + Extension;
        try
        {
            return new FileStream(
                claim, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1, FileOptions.DeleteOnClose);
        }
        catch (IOException e) when (e.GetType() == typeof(IOException) && File.Exists(claim))
        {
            throw new IOException(refusal, e);
        }
    }
}
