using System.Text.RegularExpressions;

namespace Mdf.Packaging.Tests.Documents;

/// <summary>A C# block of a Markdown file: a whole program, exactly as it is shown.</summary>
/// <param name="File">The document.</param>
/// <param name="Line">Number of the block's first line, counted from 1.</param>
/// <param name="Code">The program.</param>
/// <param name="IsRun">Whether it ends within seconds without a download, a GPU or files of the reader; false for "csharp no-run".</param>
internal sealed record CodeBlock(string File, int Line, string Code, bool IsRun)
{
    private static readonly Regex Block = new(
        @"^(?<indent>[ \t]*)```(csharp|cs|c\#)(?<info>[^\n]*)\n(?<code>.*?)^[ \t]*```[ \t]*$",
        RegexOptions.Singleline | RegexOptions.Multiline | RegexOptions.IgnoreCase);

    public static IEnumerable<CodeBlock> In(string file, string markdown)
    {
        markdown = markdown.ReplaceLineEndings("\n");
        return Block.Matches(markdown).Select(m => new CodeBlock(
            file,
            markdown[..m.Groups["indent"].Index].Count(c => c == '\n') + 1,
            m.Groups["code"].Value,
            !m.Groups["info"].Value.Contains("no-run", StringComparison.Ordinal)));
    }
}
