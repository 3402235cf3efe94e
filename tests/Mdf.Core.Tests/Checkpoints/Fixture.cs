namespace Mdf.Core.Tests.Checkpoints;

/// <summary>Checkpoints written by PyTorch with Fixtures/make_fixtures.py.</summary>
internal static class Fixture
{
    public static string FilePath(string name) => Path.Combine(AppContext.BaseDirectory, "Checkpoints", "Fixtures", name);

    public static byte[] Bytes(string name) => File.ReadAllBytes(FilePath(name));
}
