using System.Text.RegularExpressions;
using System.Xml.Linq;
using Mdf.Testing;

namespace Mdf.Packaging.Tests.Documents;

/// <summary>The diagrams of docs/architecture.md show the projects and namespaces there are.</summary>
public sealed class ArchitectureTests
{
    private static readonly string Document = File.ReadAllText(Path.Combine(Repository.Root, "docs", "architecture.md"));

    [Fact]
    public void Diagram_Projects_HasTheReferencesThereAre()
    {
        string[] expected =
        [
            .. from project in Projects()
               from reference in XDocument.Load(project).Descendants("ProjectReference")
               let name = Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/'))
               select $"{Path.GetFileNameWithoutExtension(project)} --> {name}",
        ];
        string[] drawn = [.. Regex.Matches(Diagram(), @"(?<from>Mdf\.\w+)\s*-->\s*(?<to>Mdf\.\w+)")
            .Select(m => $"{m.Groups["from"].Value} --> {m.Groups["to"].Value}")];
        Assert.Equal(expected.Order(StringComparer.Ordinal), drawn.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Document_Namespaces_NamesEachAndNoOther()
    {
        string[] expected =
        [
            .. from project in Projects()
               let folder = Path.GetDirectoryName(project)!
               from file in Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
               let parts = Path.GetRelativePath(folder, file).Replace('\\', '/').Split('/')
               where parts[0] is not ("bin" or "obj")
               select Regex.Match(File.ReadAllText(file), @"^namespace ([\w.]+);", RegexOptions.Multiline).Groups[1].Value,
        ];
        string[] named = [.. Regex.Matches(Document, @"`(Mdf(\.\w+)+)`").Select(m => m.Groups[1].Value).Distinct()];
        Assert.Empty(expected.Distinct().Except(named));

        // What is written as a namespace or project must be one.
        IEnumerable<string> projects = Projects().Select(p => Path.GetFileNameWithoutExtension(p)!);
        Assert.Empty(named.Except(expected).Except(projects));
    }

    private static IEnumerable<string> Projects() =>
        Directory.EnumerateFiles(Path.Combine(Repository.Root, "src"), "*.csproj", SearchOption.AllDirectories);

    private static string Diagram() => string.Concat(
        Regex.Matches(Document, "```mermaid(?<text>.*?)```", RegexOptions.Singleline).Select(m => m.Groups["text"].Value));
}
