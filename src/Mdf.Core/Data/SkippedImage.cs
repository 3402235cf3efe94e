namespace Mdf.Data;

/// <summary>An image that was left out.</summary>
/// <param name="Name">Its name, as <see cref="IImageSource.NameOf"/> gives it.</param>
/// <param name="Reason">What is wrong with it.</param>
public sealed record SkippedImage(string Name, string Reason);
