using System.Text.RegularExpressions;
using System.Xml.Linq;
using Mdf.Testing;

namespace Mdf.Packaging.Tests.Conventions;

/// <summary>A summary must make sense alone in a tooltip. This keeps the worst patterns from coming back.</summary>
public sealed class WordsTests
{
    private const int LongestLine = 140;

    private static readonly Regex BadBeginning = new(@"\A(Of|The same|As in|What|Is told|Told|Whether it)\b");
    private static readonly Regex Pronoun = new(@"\A(It|They|This|That|These|Those|Itself)\.?\z", RegexOptions.IgnoreCase);
    private static readonly Regex BadWords = new(@"\b(is gone on with|be told|lest|so many)\b", RegexOptions.IgnoreCase);
    private static readonly Regex RawText = new("\"{3}.*?\"{3}", RegexOptions.Singleline);
    private static readonly Regex Comment = new(@"^(?<indent>[ \t]*)///(?<text>.*)$");

    public static TheoryData<string> Libraries =>
        [.. Directory.EnumerateDirectories(Path.Combine(Repository.Root, "src")).Select(d => Path.GetFileName(d)!)];

    [Theory]
    [MemberData(nameof(Libraries))]
    public void Summaries_OfALibrary_MakeSenseAlone(string library)
    {
        string file = Path.Combine(AppContext.BaseDirectory, $"{library}.xml");
        Assert.SkipUnless(File.Exists(file), $"no documentation file of {library} beside the tests");
        XElement[] members = [.. XDocument.Load(file).Descendants("member")];
        Assert.NotEmpty(members);
        Assert.Empty(members.SelectMany(m => Faults(m.Attribute("name")!.Value, m.Element("summary"))));
    }

    [Fact]
    public void Summaries_OfInternalTypesToo_BeginWell()
    {
        IEnumerable<string> found =
            from file in RepositoryFiles.All()
            where file.EndsWith(".cs", StringComparison.Ordinal)
                && RepositoryFiles.Relative(file).StartsWith("src/", StringComparison.Ordinal)
            from summary in Summaries(File.ReadAllLines(file))
            where BadBeginning.IsMatch(summary) || Pronoun.IsMatch(summary) || summary.Length == 0
            select $"{RepositoryFiles.Relative(file)}: {summary}";
        Assert.Empty(found);
    }

    [Theory]
    [InlineData("Of everything random.", true)]
    [InlineData("The same in bfloat16.", true)]
    [InlineData("Whether it was given.", true)]
    [InlineData("It.", true)]
    [InlineData("", true)]
    [InlineData("Memory is kept, lest it be faulted in anew.", true)]
    [InlineData("Seeds all random choices.", false)]
    public void Faults_Summary_AreFound(string summary, bool isFault) =>
        Assert.Equal(isFault, Faults("M", new XElement("summary", summary)).Any());

    // Text within raw string literals is data, which keeps its lines.
    [Fact]
    public void Lines_OfCode_AreNoLongerThanTheLimit() => Assert.Empty(
        from file in RepositoryFiles.All()
        where file.EndsWith(".cs", StringComparison.Ordinal)
        from line in RawText.Replace(File.ReadAllText(file), m => new string('\n', m.Value.Count(c => c == '\n'))).Split('\n').Index()
        where line.Item.Length > LongestLine
        select $"{RepositoryFiles.Relative(file)}:{line.Index + 1}");

    [Fact]
    public void UnsafeCode_Libraries_LivesInOneRoom() => Assert.Empty(
        from file in RepositoryFiles.All()
        let name = RepositoryFiles.Relative(file)
        where name.StartsWith("src/", StringComparison.Ordinal) && name.EndsWith(".cs", StringComparison.Ordinal)
            && !name.StartsWith("src/Mdf.Models/Simd/", StringComparison.Ordinal)
        where Regex.IsMatch(File.ReadAllText(file), @"\bunsafe\b|\bfixed\s*\(")
        select name);

    private static IEnumerable<string> Faults(string member, XElement? summary)
    {
        string text = Regex.Replace(summary?.Value ?? "", @"\s+", " ").Trim();
        bool isInherited = summary?.Descendants().Any(e => e.Name == "see" || e.Name == "paramref") == true;
        if (
            summary is not null
                && ((text.Length == 0 && !isInherited) || BadBeginning.IsMatch(text) || Pronoun.IsMatch(text) || BadWords.IsMatch(text)))
        {
            yield return $"{member}: {text}";
        }
    }

    // The text of each summary in a file.
    private static IEnumerable<string> Summaries(string[] lines)
    {
        string text = string.Join(' ', lines.Select(l => Comment.Match(l) is { Success: true } m ? m.Groups["text"].Value : "\n"));
        return Regex.Matches(text, "<summary>(?<text>.*?)</summary>").Select(
            m => Regex.Replace(m.Groups["text"].Value, @"\s+", " ").Trim());
    }
}
