using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Mdf.Testing;

namespace Mdf.Packaging.Tests.Documents;

/// <summary>The README's install commands and its program work as written, in a clone below a folder with an unusual name.</summary>
public sealed class InstallTests : IDisposable
{
    private static readonly Regex Commands = new(@"## Install.*?```bash\n(?<commands>.*?)```", RegexOptions.Singleline);

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Readme_CommandsAndProgram_RunAsWritten()
    {
        TestLength.SkipUnlessFull("packs everything anew");
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the commands are for bash and Linux");
        Assert.SkipUnless(Directory.Exists(Path.Combine(Repository.Root, ".git")), "not a clone");
        string readme = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "README.md"), TestContext.Current.CancellationToken);
        string clone = folder.PathOf("src/my mdf é/mdf");
        await Shell.SucceedAsync(folder.FullName, "git", "clone", "--quiet", Repository.Root, clone);
        await Shell.SucceedAsync(clone, "bash", "-e", "-c", Commands.Match(readme).Groups["commands"].Value);

        string app = Path.Combine(clone, "..", "mdf-app");
        CodeBlock program = CodeBlock.In("README.md", readme).First();
        await File.WriteAllTextAsync(Path.Combine(app, "Program.cs"), program.Code, TestContext.Current.CancellationToken);
        string output = await Shell.SucceedAsync(app, "dotnet", "run", "-c", "Release", "-p:CreateHardLinksForCopyLocalIfPossible=true");
        Assert.Contains("step 20: loss ", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Projects_InACloneBelowAFolderNamedSrc_AreOfTheirKind()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "copies by cp");
        string root = folder.PathOf("src/my mdf é");
        Directory.CreateDirectory(root);
        foreach (string project in RepositoryFiles.All().Where(f => Path.GetExtension(f) is ".csproj" or ".props" or ".targets"))
        {
            string copy = Path.Combine(root, RepositoryFiles.Relative(project));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(project, copy);
        }

        // One run of MSBuild asks each project, by a target put into all of them.
        string[] copies = [.. Directory.EnumerateFiles(root, "*.csproj", SearchOption.AllDirectories)];
        folder.Write("ask.targets", """
            <Project>
              <Target Name="Ask" Returns="@(Answer)">
                <ItemGroup><Answer Include="$(MSBuildProjectFullPath)|$(MdfProjectKind)" /></ItemGroup>
              </Target>
            </Project>
            """);
        folder.Write("ask.proj", new XElement(
            "Project",
            new XElement(
                "Target",
                new XAttribute("Name", "AskAll"),
                new XAttribute("Returns", "@(Answer)"),
                new XElement(
                    "MSBuild",
                    new XAttribute("Projects", string.Join(';', copies)),
                    new XAttribute("Targets", "Ask"),
                    new XAttribute("Properties", $"CustomAfterMicrosoftCommonTargets={folder.PathOf("ask.targets")}"),
                    new XElement("Output", new XAttribute("TaskParameter", "TargetOutputs"), new XAttribute("ItemName", "Answer")))))
            .ToString());
        DotNet.Result result = await new DotNet(root).SucceedAsync(
            "msbuild", folder.PathOf("ask.proj"), "-m:1", "-target:AskAll", "-getTargetResult:AskAll");
        using var answer = JsonDocument.Parse(result.Output);
        Dictionary<string, string> kinds = answer.RootElement.GetProperty("TargetResults").GetProperty("AskAll").GetProperty("Items")
            .EnumerateArray().Select(i => i.GetProperty("Identity").GetString()!.Split('|')).ToDictionary(a => a[0], a => a[1]);

        Assert.Equal(copies.Order(StringComparer.Ordinal), kinds.Keys.Order(StringComparer.Ordinal));
        foreach (string project in copies)
        {
            string name = Path.GetRelativePath(root, project).Replace('\\', '/');
            string expected = name.Split('/')[0] switch
            {
                "src" => "library",
                "tests" => name.Contains("Mdf.Testing", StringComparison.Ordinal) ? "testing" : "tests",
                _ => "application",
            };
            Assert.True(kinds[project] == expected, $"{name} is of the kind '{kinds[project]}'; expected '{expected}'.");
        }
    }
}
