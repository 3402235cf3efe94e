namespace Mdf.Testing;

/// <summary>A new, empty folder that goes with the test.</summary>
public sealed class TemporaryFolder : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("mdf-test-");

    /// <summary>Its path.</summary>
    public string FullName => folder.FullName;

    /// <summary>The path of a file in it.</summary>
    public string PathOf(string name) => Path.Combine(folder.FullName, name);

    /// <summary>The names of the files in it, sorted.</summary>
    public string[] FileNames() => [.. folder.GetFiles().Select(f => f.Name).Order(StringComparer.Ordinal)];

    /// <summary>Writes a text file, with the folders it lies in.</summary>
    public void Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(name))!);
        File.WriteAllText(PathOf(name), text);
    }

    /// <inheritdoc/>
    public void Dispose() => folder.Delete(recursive: true);
}
