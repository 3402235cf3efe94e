using System.Text.RegularExpressions;
using Mdf.Testing;

namespace Mdf.Packaging.Tests.Documents;

public sealed class DocumentTests
{
    private static readonly Regex Fence = new(@"^[ \t]*```.*?^[ \t]*```[ \t]*$", RegexOptions.Singleline | RegexOptions.Multiline);
    private static readonly Regex MarkdownLink = new(@"\]\(\s*<?(?<target>[^)\s>]+)>?(\s+""[^""]*"")?\s*\)");
    private static readonly Regex ReferenceLink = new(@"^\s*\[[^\]]+\]:\s*(?<target>\S+)", RegexOptions.Multiline);
    private static readonly Regex HtmlLink = new(@"\b(src|href)\s*=\s*[""'](?<target>[^""']+)[""']");
    private static readonly Regex Scheme = new(@"\A([a-z][a-z0-9+.-]*:|//)", RegexOptions.IgnoreCase);

    // A path from the root of the repository, in text, in code or in a command; not a part of an address or of a longer path.
    private static readonly Regex NamedPath = new(
        @"(?<![\w/.-])(\./)?(?<path>(src|tests|samples|benchmarks|docs|eng|\.ci)/(?>[\w./-]*))(?![*<{])");
    private static readonly Regex NamedRootFile = new(@"`(?<path>[A-Z][\w.]*\.(md|sln|props|targets)|LICENSE|global\.json|nuget\.config)`");

    public static TheoryData<string> Documents => [.. RepositoryFiles.Documents().Select(RepositoryFiles.Relative)];

    [Theory]
    [MemberData(nameof(Documents))]
    public void CodeBlocks_OfADocument_Compile(string document)
    {
        string text = Read(document);
        CodeBlock[] blocks = [.. CodeBlock.In(document, text)];

        Assert.Equal(
            text.Split('\n').Count(l => Regex.IsMatch(l, @"\A\s*(```|~~~)\s*(csharp|cs|c#)\b", RegexOptions.IgnoreCase)), blocks.Length);
        Assert.Empty(blocks.SelectMany(CodeBlockCompiler.Errors));
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void Links_OfADocument_LeadToFilesThatExist(string document)
    {
        string folder = Path.GetDirectoryName(Path.Combine(Repository.Root, document))!;

        Assert.DoesNotContain(RelativeTargets(Read(document)), t => !Exists(Path.Combine(folder, t)));
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void Paths_NamedInADocument_Exist(string document)
    {
        Assert.DoesNotContain(NamedPaths(Read(document)), p => !Exists(Path.Combine(Repository.Root, p)));
    }

    [Fact]
    public void RelativeTargets_LinksOfEveryKind_AreFound()
    {
        const string text = """
            [a](docs/a.md#part) ![b](pictures/b.png "title") <img src="c.png"> [d](https://example.org/d) [e](#part) [f][f]
            [f]: f.md
            ```
            [not](a-link.md)
            ```
            """;

        Assert.Equal(["c.png", "docs/a.md", "f.md", "pictures/b.png"], RelativeTargets(text).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void NamedPaths_TextCodeAndAddresses_AreToldApart()
    {
        const string text = """
            See `src/Mdf.Core/` and `CHANGELOG.md`, run `dotnet run --project samples/Quickstart` or .ci/run.
            Not https://example.org/x/src/y.cs, nor my/src/z, nor `src/*/bin`, nor `src/Mdf.<Name>/`.
            """;

        Assert.Equal([".ci/run", "CHANGELOG.md", "samples/Quickstart", "src/Mdf.Core"], NamedPaths(text).Order(StringComparer.Ordinal));
    }

    private static string Read(string document) => File.ReadAllText(Path.Combine(Repository.Root, document)).ReplaceLineEndings("\n");

    private static bool Exists(string path) => File.Exists(path) || Directory.Exists(path);

    private static IEnumerable<string> RelativeTargets(string text)
    {
        text = Fence.Replace(text, "");
        return new[] { MarkdownLink, ReferenceLink, HtmlLink }
            .SelectMany(r => r.Matches(text))
            .Select(m => m.Groups["target"].Value.Split('#')[0])
            .Where(t => t.Length > 0 && !Scheme.IsMatch(t))
            .Select(Uri.UnescapeDataString);
    }

    private static IEnumerable<string> NamedPaths(string text) =>
        NamedPath.Matches(text).Concat(NamedRootFile.Matches(text)).Select(m => m.Groups["path"].Value.TrimEnd('.', '/', '-'));
}
