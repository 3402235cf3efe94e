namespace Mdf.Packaging.Tests.Documents;

public sealed class CodeBlockTests
{
    [Fact]
    public void In_Markdown_FindsBlocksWithTheirLines()
    {
        const string markdown = """
            # Title
            ```bash
            dotnet test
            ```
            ```csharp
            Console.WriteLine(1);
            ```

            - in a list:
              ```cs no-run
              Console.WriteLine();
              ```
            """;

        CodeBlock[] blocks = [.. CodeBlock.In("a.md", markdown)];

        Assert.Equal([5, 10], blocks.Select(b => b.Line));
        Assert.Equal([true, false], blocks.Select(b => b.IsRun));
        Assert.All(blocks, b => Assert.Empty(CodeBlockCompiler.Errors(b)));
    }

    [Fact]
    public void Errors_NameFromNowhere_AreReportedWithTheirPlace()
    {
        var block = new CodeBlock("a.md", 7, "Console.WriteLine(missing);\n", IsRun: true);

        Assert.StartsWith("a.md(7): CS0103", Assert.Single(CodeBlockCompiler.Errors(block)), StringComparison.Ordinal);
    }
}
