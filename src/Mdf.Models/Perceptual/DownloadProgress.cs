namespace Mdf.Models.Perceptual;

/// <summary>How far a download is.</summary>
/// <param name="Received">The bytes that are there, those of an earlier attempt included.</param>
/// <param name="Total">The bytes of the whole file; null if the server does not say.</param>
public readonly record struct DownloadProgress(long Received, long? Total);
