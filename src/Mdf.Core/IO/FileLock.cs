namespace Mdf.IO;

/// <summary>
/// A claim to a file that other processes see: a second file beside it, <c>*.lock</c>, which is open for its owner alone and deleted at the
/// end. The system ends the claim of a process that dies, so that one that is left behind is no hindrance.
/// </summary>
internal static class FileLock
{
    private const string Extension = ".lock";

    /// <summary>Claims a file, which need not be there, until the result is disposed.</summary>
    /// <param name="path">The file, or folder.</param>
    /// <param name="refusal">What to say if another holds it.</param>
    /// <exception cref="IOException">Another holds it, or its folder does not exist.</exception>
    public static IDisposable Take(string path, string refusal)
    {
        string claim = path + Extension;
        try
        {
            return new FileStream(claim, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1, FileOptions.DeleteOnClose);
        }
        catch (IOException e) when (e.GetType() == typeof(IOException) && File.Exists(claim))
        {
            throw new IOException(refusal, e);
        }
    }
}
