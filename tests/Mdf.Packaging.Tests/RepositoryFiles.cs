using Mdf.Testing;

namespace Mdf.Packaging.Tests;

/// <summary>The files of the repository, without what builds and tools leave in it.</summary>
internal static class RepositoryFiles
{
    private static readonly HashSet<string> Ignored =
    [
        ".git", ".vs", ".vscode", ".idea", "api", "artifacts", "BenchmarkDotNet.Artifacts", "bin", "node_modules", "obj", "output",
        "TestResults",
    ];

    public static IEnumerable<string> All() => In(Repository.Root);

    /// <summary>The README and everything under docs.</summary>
    public static IEnumerable<string> Documents()
    {
        string docs = Path.Combine(Repository.Root, "docs");
        IEnumerable<string> under = Directory.Exists(docs) ? Directory.EnumerateFiles(docs, "*.md", SearchOption.AllDirectories) : [];
        return under.Order(StringComparer.Ordinal).Prepend(Path.Combine(Repository.Root, "README.md"));
    }

    public static string Relative(string path) => Path.GetRelativePath(Repository.Root, path).Replace('\\', '/');

    private static IEnumerable<string> In(string folder) =>
        Directory.EnumerateFiles(folder).Concat(
            Directory.EnumerateDirectories(folder).Where(d => !Ignored.Contains(Path.GetFileName(d))).SelectMany(In));
}
