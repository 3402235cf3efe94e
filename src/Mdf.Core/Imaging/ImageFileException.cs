namespace Mdf.Imaging;

/// <summary>Thrown when encoded image data cannot be turned into pixels: not an image, damaged, truncated, empty or too large.</summary>
public sealed class ImageFileException : IOException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="reason">What is wrong with the image, as a sentence.</param>
    /// <param name="fileName">The file, or null when the image came from memory without a name.</param>
    /// <param name="innerException">The failure underneath, if any.</param>
    public ImageFileException(string reason, string? fileName = null, Exception? innerException = null)
        : base(fileName is null ? $"Cannot read the image: {reason}" : $"Cannot read the image '{fileName}': {reason}", innerException)
    {
        Reason = reason;
        FileName = fileName;
    }

    /// <summary>What is wrong with the image, without the file's name.</summary>
    public string Reason { get; }

    /// <summary>The path or name the image was read by; null when it came from memory without a name.</summary>
    public string? FileName { get; }
}
