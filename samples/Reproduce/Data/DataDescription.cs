namespace Reproduce.Data;

/// <summary>The images of an experiment.</summary>
/// <param name="Name">What they are called in tables.</param>
/// <param name="Count">How many there are.</param>
/// <param name="Checksum">Of their files, in order.</param>
internal sealed record DataDescription(string Name, int Count, string Checksum);
