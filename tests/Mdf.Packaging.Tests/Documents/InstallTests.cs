using System.Text.RegularExpressions;
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

        foreach (string project in Directory.EnumerateFiles(root, "*.csproj", SearchOption.AllDirectories))
        {
            string name = Path.GetRelativePath(root, project).Replace('\\', '/');
            string expected = name.Split('/')[0] switch
            {
                "src" => "library",
                "tests" => name.Contains("Mdf.Testing", StringComparison.Ordinal) ? "testing" : "tests",
                _ => "application",
            };
            DotNet.Result result = await new DotNet(root).SucceedAsync("msbuild", project, "-getProperty:MdfProjectKind");
            Assert.Equal(expected, result.Output.Trim());
        }
    }
}
