using System.Globalization;
using System.Xml.Linq;
using Mdf.Build;
using Mdf.Testing;

namespace Mdf.Packaging.Tests.Packages;

[Collection(PackedLibraries.Collection)]
public sealed class ConsumerTests(PackedLibraries packages) : IDisposable
{
    private const string TrainingLoop = """
        using Mdf.Losses;
        using TorchSharp;
        using static TorchSharp.torch;

        random.manual_seed(1);
        using var loss = new MdfLoss("jpeg.ckpt");
        using var network = nn.Conv2d(3, 3, 3, padding: 1);
        using var optimizer = optim.Adam(network.parameters(), lr: 1e-2);
        using var spoiled = rand(2, 3, 24, 24);
        using var reference = rand(2, 3, 24, 24);
        for (int step = 0; step < 3; step++)
        {
            using var scope = NewDisposeScope();
            optimizer.zero_grad();
            var value = loss.call(network.call(spoiled), reference);
            value.backward();
            optimizer.step();
            Console.WriteLine(FormattableString.Invariant($"loss {value.item<float>():R}"));
        }
        """;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task TrainingLoop_NewConsoleProjectWithThePackage_RunsAndLearns()
    {
        WriteNuGetConfig();
        var command = new DotNet(folder.FullName, new Dictionary<string, string> { ["NUGET_PACKAGES"] = folder.PathOf("package-cache") });
        if (TestLength.IsFull)
        {
            await command.SucceedAsync("new", "console", "-o", "app", "-f", "net10.0", "--no-restore");
            await command.SucceedAsync("add", "app", "package", "Mdf.Losses", "-v", packages.Version, "--no-restore");
            await command.SucceedAsync("add", "app", "package", LibTorchPackage, "-v", BuildFacts.LibTorchVersion, "--no-restore");
        }
        else
        {
            WriteProject();
        }

        folder.Write("app/Program.cs", TrainingLoop);

        // Half a gigabyte is linked instead of copied where the file system lets it.
        await command.SucceedAsync(
            "build", "app", "-m:1", "-o", folder.PathOf("out"), "-p:CreateHardLinksForCopyLocalIfPossible=true");
        AssertNativeLibraryFitsTheMachine();
        DotNet.Result run = await command.SucceedAsync(folder.PathOf("out/app.dll"));

        double[] losses = [.. run.Output.Split('\n').Where(l => l.StartsWith("loss ", StringComparison.Ordinal))
            .Select(l => double.Parse(l[5..], CultureInfo.InvariantCulture))];
        Assert.Equal(3, losses.Length);
        Assert.All(losses, l => Assert.True(double.IsFinite(l) && l > 0, run.Output));
        Assert.Equal(3, losses.Distinct().Count());
    }

    private static string LibTorchPackage =>
        OperatingSystem.IsWindows()
            ? "libtorch-cpu-win-x64"
            : OperatingSystem.IsMacOS() ? "libtorch-cpu-osx-arm64" : "libtorch-cpu-linux-x64";

    // Writes the project that "dotnet new" and "dotnet add" make.
    private void WriteProject()
    {
        folder.Write("app/app.csproj", new XElement(
            "Project",
            new XAttribute("Sdk", "Microsoft.NET.Sdk"),
            new XElement(
                "PropertyGroup",
                new XElement("OutputType", "Exe"),
                new XElement("TargetFramework", "net10.0"),
                new XElement("ImplicitUsings", "enable"),
                new XElement("Nullable", "enable")),
            new XElement("ItemGroup", Reference("Mdf.Losses", packages.Version), Reference(LibTorchPackage, BuildFacts.LibTorchVersion)))
            .ToString());

        static XElement Reference(string id, string version) =>
            new("PackageReference", new XAttribute("Include", id), new XAttribute("Version", version));
    }

    /// <summary>
    /// The packages under test come from their folder into a cache of their own; what else they need is read from the user's cache,
    /// which restores into another cache leave as it is, and comes from the public source only where it is missing there.
    /// </summary>
    private void WriteNuGetConfig()
    {
        folder.Write("nuget.config", new XElement(
            "configuration",
            Section("packageSources", ("packed", packages.Source), ("nuget.org", "https://api.nuget.org/v3/index.json")),
            Section("fallbackPackageFolders", ("user", BuildFacts.PackageCache))).ToString());

        static XElement Section(string name, params (string Key, string Value)[] entries) => new(
            name,
            new XElement("clear"),
            entries.Select(e => new XElement("add", new XAttribute("key", e.Key), new XAttribute("value", e.Value))));
    }

    private void AssertNativeLibraryFitsTheMachine()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        byte[] expected = File.ReadAllBytes(BuildFacts.NativeLibrary);
        if (!StandardCppLibrary.Provides(ElfVersionRelaxation.Symbol, ElfVersionRelaxation.Version))
        {
            ElfVersionRelaxation.Relax(expected);
        }

        string library = Assert.Single(Directory.GetFiles(folder.PathOf("out"), "libLibTorchSharp.so", SearchOption.AllDirectories));
        Assert.Equal(expected, File.ReadAllBytes(library));
    }
}
