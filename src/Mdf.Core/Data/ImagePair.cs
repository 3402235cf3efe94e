namespace Mdf.Data;

/// <summary>A degraded image and its reference image.</summary>
/// <param name="Degraded">The degraded image, with height and width of the reference divided by the scale, rounded down.</param>
/// <param name="Reference">The reference image.</param>
public sealed record ImagePair(StoredImage Degraded, StoredImage Reference);
