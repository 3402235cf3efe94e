namespace Mdf.Imaging;

/// <summary>
/// The exception for image data that cannot be decoded, because it is not an image or is damaged, truncated, empty or too large.
/// </summary>
public sealed class ImageFileException : IOException
{
    /// <summary>Creates an exception with the image's name and a reason.</summary>
    /// <param name="reason">Reason why the image cannot be decoded, as a sentence.</param>
    /// <param name="fileName">Path or name of the image; null if the image came from memory without a name.</param>
    /// <param name="innerException">Exception that caused the failure; null for none.</param>
    public ImageFileException(string reason, string? fileName = null, Exception? innerException = null)
        : base(fileName is null ? $"Cannot read the image: {reason}" : $"Cannot read the image '{fileName}': {reason}", innerException)
    {
        Reason = reason;
        FileName = fileName;
    }

    /// <summary>Reason why the image cannot be decoded, without the file's name.</summary>
    public string Reason { get; }

    /// <summary>Path or name of the image; null if the image came from memory without a name.</summary>
    public string? FileName { get; }
}
