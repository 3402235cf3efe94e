namespace Mdf.Packaging.Tests.Documents;

public sealed class CodeBlockTests
{
    [Fact]
    public void In_Markdown_FindsBlocksWithTheirLinesAndHiddenCode()
    {
        const string markdown = """
            # Title
            ```bash
            dotnet test
            ```
            <!-- compiles-with:
            int a = 1;
            int b = 2;
            -->
            ```csharp
            Console.WriteLine(a + b);
            ```

            - in a list:
              ```cs
              Console.WriteLine();
              ```
            """;

        CodeBlock[] blocks = [.. CodeBlock.In("a.md", markdown)];

        Assert.Equal([9, 14], blocks.Select(b => b.Line));
        Assert.Equal(["int a = 1;\nint b = 2;", ""], blocks.Select(b => b.Hidden));
        Assert.All(blocks, b => Assert.Empty(CodeBlockCompiler.Errors(b)));
    }

    [Fact]
    public void Errors_NameFromNowhere_AreReportedWithTheirPlace()
    {
        var block = new CodeBlock("a.md", 7, "Console.WriteLine(missing);\n", "");

        Assert.StartsWith("a.md(7): CS0103", Assert.Single(CodeBlockCompiler.Errors(block)), StringComparison.Ordinal);
    }

    [Fact]
    public void Errors_UsingDirectivesBelowHiddenLinesAndUsingDeclarations_AreNone()
    {
        var block = new CodeBlock(
            "a.md", 1, "using TorchSharp;\nusing static TorchSharp.torch;\nusing var ones = torch.ones(length);\nusing (zeros(1)) { }\n", "int length = 2;");

        Assert.Empty(CodeBlockCompiler.Errors(block));
    }
}
