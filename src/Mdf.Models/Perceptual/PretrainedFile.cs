namespace Mdf.Models.Perceptual;

/// <summary>A published file of pretrained weights.</summary>
/// <param name="Name">File name, which is also the name in the cache folder.</param>
/// <param name="Source">Address of the published file.</param>
/// <param name="HashPrefix">First hexadecimal digits of the file's SHA-256 hash.</param>
public sealed record PretrainedFile(string Name, Uri Source, string HashPrefix);
