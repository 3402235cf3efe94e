namespace Reproduce.Data;

/// <summary>Identifies the images of an experiment.</summary>
/// <param name="Name">Name of the image set in tables.</param>
/// <param name="Count">Number of images.</param>
/// <param name="Checksum">Checksum of the image files, in order.</param>
internal sealed record DataDescription(string Name, int Count, string Checksum);
