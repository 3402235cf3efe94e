using System.Xml.Linq;
using Mdf.Testing;

namespace Mdf.Packaging.Tests.NativeCompatibility;

/// <summary>
/// A console project outside the repository that uses the targets. A configuration of its own gives a test its own output.
/// </summary>
public sealed class ThrowAwayProject : IAsyncLifetime
{
    public const string Message = "Mdf: the output gets a copy";

    private readonly TemporaryFolder folder = new();

    public string Root => folder.FullName;

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
}
