using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;

namespace Mdf.Packaging.Tests.Documents;

/// <summary>Compiles code blocks the way a new console project that references the packages would.</summary>
internal static class CodeBlockCompiler
{
    // The implicit usings of Microsoft.NET.Sdk.
    private static readonly SyntaxTree ImplicitUsings = CSharpSyntaxTree.ParseText(string.Concat(
        new[] { "", ".Collections.Generic", ".IO", ".Linq", ".Net.Http", ".Threading", ".Threading.Tasks" }
            .Select(name => $"global using System{name};\n")));

    // All that this test assembly runs with: the framework, the libraries of this repository and what they depend on.
    private static readonly IReadOnlyList<MetadataReference> References =
        [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator).Select(p => MetadataReference.CreateFromFile(p))];

    /// <summary>Returns the errors, each with its place in the document; none if the block compiles.</summary>
    public static IReadOnlyList<string> Errors(CodeBlock block) => Errors(block, Compilation(block, "Block").GetDiagnostics());

    /// <summary>Compiles a block into a program.</summary>
    public static void Emit(CodeBlock block, string path)
    {
        EmitResult result = Compilation(block, Path.GetFileNameWithoutExtension(path)).Emit(path);
        Assert.Empty(Errors(block, result.Diagnostics));
    }

    private static CSharpCompilation Compilation(CodeBlock block, string name) => CSharpCompilation.Create(
        name,
        [ImplicitUsings, CSharpSyntaxTree.ParseText(block.Code, cancellationToken: TestContext.Current.CancellationToken)],
        References,
        new CSharpCompilationOptions(OutputKind.ConsoleApplication, nullableContextOptions: NullableContextOptions.Enable));

    private static IReadOnlyList<string> Errors(CodeBlock block, IEnumerable<Diagnostic> diagnostics) =>
        [.. diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error)
            .Select(d => $"{block.File}({block.Line}): {d.Id} {d.GetMessage(null)} in: {Source(d)}")];

    private static string Source(Diagnostic diagnostic)
    {
        FileLinePositionSpan place = diagnostic.Location.GetLineSpan();
        return diagnostic.Location.SourceTree?.GetText().Lines[place.StartLinePosition.Line].ToString().Trim() ?? "(no line)";
    }
}
