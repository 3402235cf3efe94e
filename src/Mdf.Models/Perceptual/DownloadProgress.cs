namespace Mdf.Models.Perceptual;

/// <summary>Progress of a download.</summary>
/// <param name="Received">Number of bytes received so far, including those of an earlier, interrupted attempt.</param>
/// <param name="Total">Size of the whole file in bytes; null if the server does not report it.</param>
public readonly record struct DownloadProgress(long Received, long? Total);
