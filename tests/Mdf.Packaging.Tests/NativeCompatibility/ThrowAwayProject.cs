using System.Xml.Linq;
using Mdf.Testing;

namespace Mdf.Packaging.Tests.NativeCompatibility;

/// <summary>
/// A console project outside the repository that uses the targets. A configuration of its own gives a test its own output. Starting
/// MSBuild costs more than a build, so that what several tests build is built by three runs of it.
/// </summary>
public sealed class ThrowAwayProject : IAsyncLifetime
{
    public const string Message = "Mdf: the output gets a copy";

    private const string Mark = "configuration: ";

    private readonly TemporaryFolder folder = new();

    public string Root => folder.FullName;

    /// <summary>Hash of the package's library before any build.</summary>
    internal string PackageBefore { get; } = BuildFacts.HashOf(BuildFacts.NativeLibrary);

    /// <summary>The first builds: Always, Auto, and Switched with "never" and hard links.</summary>
    internal Round First { get; private set; } = null!;

    /// <summary>The second builds: Always again, and Switched rebuilt with "always".</summary>
    internal Round Second { get; private set; } = null!;

    /// <summary>The third builds: Switched with "never" again, and Nonsense, which fails.</summary>
    internal Round Third { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        string targets = Path.Combine(Repository.Root, "eng", "NativeCompatibility", "Mdf.Core.targets");
        folder.Write("with space/App.csproj", new XElement(
            "Project",
            new XAttribute("Sdk", "Microsoft.NET.Sdk"),
            new XElement(
                "PropertyGroup",
                new XElement("OutputType", "Exe"),
                new XElement("TargetFramework", $"net{Environment.Version.Major}.0"),
                new XElement("RuntimeIdentifiers", "linux-x64"),
                new XElement("SatelliteResourceLanguages", "en")),
            new XElement(
                "ItemGroup",
                new XElement(
                    "PackageReference", new XAttribute("Include", "TorchSharp"), new XAttribute("Version", BuildFacts.TorchSharpVersion))),
            new XElement("Import", new XAttribute("Project", targets))).ToString());
        folder.Write("with space/Program.cs", "System.Console.WriteLine(42);\n");

        // The repository's own build files lie elsewhere; a nuget.config of the machine's temporary folder is not to be asked.
        File.Copy(Path.Combine(Repository.Root, "nuget.config"), folder.PathOf("nuget.config"));
        await Command.SucceedAsync("restore", "-v:q");
        First = await BuildAsync(
            ("Always", "MdfNativeCompatibility=always", "Build"),
            ("Auto", "", "Build"),
            ("Switched", "MdfNativeCompatibility=never;CreateHardLinksForCopyLocalIfPossible=true", "Build"));
        Second = await BuildAsync(
            ("Always", "MdfNativeCompatibility=Always", "Build"), ("Switched", "MdfNativeCompatibility=always", "Rebuild"));
        Third = await BuildAsync(
            ("Switched", "MdfNativeCompatibility=never", "Build"), ("Nonsense", "MdfNativeCompatibility=sometimes", "Build"));
    }

    public ValueTask DisposeAsync()
    {
        folder.Dispose();
        return ValueTask.CompletedTask;
    }

    internal DotNet Command =>
        new(folder.PathOf("with space"), new Dictionary<string, string> { ["NUGET_PACKAGES"] = BuildFacts.PackageCache });

    internal Task<DotNet.Result> BuildAsync(string configuration, params string[] arguments) =>
        Command.SucceedAsync(["build", "--no-restore", "-c", configuration, .. arguments]);

    internal Task<DotNet.Result> PublishAsync(string configuration, params string[] arguments) =>
        Command.SucceedAsync(["publish", "--no-restore", "-c", configuration, .. arguments]);

    /// <summary>Every copy of the native library under a folder of the output.</summary>
    internal string[] Libraries(params string[] parts)
    {
        string output = Path.Combine([folder.PathOf("with space/bin"), .. parts]);
        return Directory.Exists(output) ? Directory.GetFiles(output, "libLibTorchSharp.so", SearchOption.AllDirectories) : [];
    }

    // One run of MSBuild builds one configuration after the other and says before each which one follows.
    private async Task<Round> BuildAsync(params (string Configuration, string Properties, string Target)[] builds)
    {
        folder.Write("Round.proj", new XElement(
            "Project",
            new XElement(
                "Target",
                new XAttribute("Name", "Build"),
                builds.SelectMany(b => new[]
                {
                    new XElement("Message", new XAttribute("Importance", "high"), new XAttribute("Text", Mark + b.Configuration)),
                    new XElement(
                        "MSBuild",
                        new XAttribute("Projects", "with space/App.csproj"),
                        new XAttribute("Targets", b.Target),
                        new XAttribute("Properties", $"Configuration={b.Configuration};{b.Properties}")),
                }))).ToString());
        DotNet.Result result = await Command.RunAsync("build", folder.PathOf("Round.proj"), "--no-restore", "-m:1");
        return new Round(
            result,
            builds.ToDictionary(b => b.Configuration, b => OutputOf(b.Configuration, result.Output)),
            builds.ToDictionary(b => b.Configuration, b => Libraries(b.Configuration).Select(BuildFacts.HashOf).ToArray()));
    }

    private static string OutputOf(string configuration, string output)
    {
        string[] parts = output.Split(Mark);
        return parts.FirstOrDefault(p => p.StartsWith(configuration, StringComparison.Ordinal)) ?? "";
    }

    /// <summary>The result of one run of MSBuild, which builds several configurations.</summary>
    /// <param name="Result">Exit code and output of the run.</param>
    /// <param name="Outputs">Printed text, by configuration.</param>
    /// <param name="Libraries">Hash of every copy of the native library after the run, by configuration.</param>
    internal sealed record Round(
        DotNet.Result Result, IReadOnlyDictionary<string, string> Outputs, IReadOnlyDictionary<string, string[]> Libraries);
}
