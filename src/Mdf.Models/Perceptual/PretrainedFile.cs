namespace Mdf.Models.Perceptual;

/// <summary>A published file of weights.</summary>
/// <param name="Name">Its name, also in the cache folder.</param>
/// <param name="Source">Where it is published.</param>
/// <param name="HashPrefix">How its SHA-256 begins, in hexadecimal digits.</param>
public sealed record PretrainedFile(string Name, Uri Source, string HashPrefix);
