namespace Mdf.Core.Tests.Checkpoints;

/// <summary>The checkpoints PyTorch wrote for these tests (Fixtures/make_fixtures.py says how).</summary>
internal static class Fixture
{
    public static string FilePath(string name) => Path.Combine(AppContext.BaseDirectory, "Checkpoints", "Fixtures", name);

    public static byte[] Bytes(string name) => File.ReadAllBytes(FilePath(name));
}
