namespace Mdf.Testing;

/// <summary>A new, empty folder that is deleted after the test.</summary>
public sealed class TemporaryFolder : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("mdf-test-");

    /// <summary>Path of the folder.</summary>
    public string FullName => folder.FullName;

    /// <summary>Returns the path of a file in the folder.</summary>
    public string PathOf(string name) => Path.Combine(folder.FullName, name);

    /// <summary>Returns the names of the folder's files, sorted.</summary>
    public string[] FileNames() => [.. folder.GetFiles().Select(f => f.Name).Order(StringComparer.Ordinal)];

    /// <summary>Writes a text file and creates its folders.</summary>
    public void Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(name))!);
        File.WriteAllText(PathOf(name), text);
    }

    /// <inheritdoc/>
    public void Dispose() => folder.Delete(recursive: true);
}
