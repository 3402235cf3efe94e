namespace Mdf.Data;

/// <summary>An image that was skipped because it is unreadable or too small.</summary>
/// <param name="Name">Name of the image, as returned by <see cref="IImageSource.NameOf"/>, or of the unreadable entry.</param>
/// <param name="Reason">Reason why the image was skipped.</param>
public sealed record SkippedImage(string Name, string Reason);
