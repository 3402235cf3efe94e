using Mdf.Imaging;
using static TorchSharp.torch;

namespace Samples.Common;

/// <summary>Reads and checks files and folders from the command line.</summary>
internal static class Files
{
    /// <summary>Reads an image file; says so if the path is a folder.</summary>
    public static Tensor ReadImage(string path, string option) => ImageFile.Read(RequireFile(path, option));

    /// <summary>Returns a path; throws if it is a folder.</summary>
    public static string RequireFile(string path, string option) => Directory.Exists(path)
        ? throw new ArgumentException($"{option}: '{path}' is a folder; expected a file.")
        : path;

    /// <summary>Throws if a folder, which need not exist, cannot be written to. Leaves nothing behind.</summary>
    public static void RequireWritable(string folder, string option = "--output")
    {
        string existing = Path.GetFullPath(folder);
        while (!Directory.Exists(existing))
        {
            if (File.Exists(existing))
            {
                throw new IOException($"{option}: '{folder}' cannot be written, because '{existing}' is a file; expected a folder.");
            }

            existing = Path.GetDirectoryName(existing)!;
        }

        string probe = Path.Combine(existing, $".{Guid.NewGuid():N}.tmp");
        try
        {
            using var stream = new FileStream(
                probe, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 1, FileOptions.DeleteOnClose);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"{option}: '{folder}' cannot be written: {e.Message}", e);
        }
    }
}
