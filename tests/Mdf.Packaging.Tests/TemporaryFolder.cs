namespace Mdf.Packaging.Tests;

/// <summary>A folder outside the repository that goes when its test does.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string FullName { get; } = Directory.CreateTempSubdirectory("mdf-").FullName;

    public string Combine(params string[] parts) => Path.Combine([FullName, .. parts]);

    public void Write(string name, string text)
    {
        string path = Combine(name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    public void Dispose() => Directory.Delete(FullName, recursive: true);
}
