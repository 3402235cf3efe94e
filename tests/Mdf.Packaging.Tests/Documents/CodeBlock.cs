using System.Text.RegularExpressions;

namespace Mdf.Packaging.Tests.Documents;

/// <summary>A C# block of a Markdown file, with the lines that a comment before it asks to compile it with.</summary>
internal sealed record CodeBlock(string File, int Line, string Code, string Hidden)
{
    private static readonly Regex Block = new(
        @"(<!--\s*compiles-with:(?<hidden>.*?)-->[ \t]*\n\s*)?^(?<indent>[ \t]*)```(csharp|cs|c\#)[ \t]*\n(?<code>.*?)^[ \t]*```[ \t]*$",
        RegexOptions.Singleline | RegexOptions.Multiline | RegexOptions.IgnoreCase);

    private static readonly Regex UsingDirective = new(@"\Ausing\s+(static\s+)?[\w.]+(\s*=\s*[^;]+)?;\s*\z");

    public static IEnumerable<CodeBlock> In(string file, string markdown)
    {
        markdown = markdown.ReplaceLineEndings("\n");
        return Block.Matches(markdown).Select(m => new CodeBlock(
            file, markdown[..m.Groups["indent"].Index].Count(c => c == '\n') + 1, m.Groups["code"].Value, m.Groups["hidden"].Value.Trim()));
    }

    /// <summary>The block as a program: using directives first, the block's as the hidden lines', then the hidden lines, then the block.</summary>
    public string ToProgram()
    {
        string[] lines = [.. Hidden.Split('\n'), .. Code.Split('\n')];
        return string.Join('\n', lines.Where(IsUsing).Distinct().Concat(lines.Where(l => !IsUsing(l))));

        static bool IsUsing(string line) => UsingDirective.IsMatch(line.Trim());
    }
}
