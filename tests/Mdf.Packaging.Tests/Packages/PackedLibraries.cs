using System.IO.Compression;
using System.Text.Json;
using System.Xml.Linq;
using Mdf.Testing;

namespace Mdf.Packaging.Tests.Packages;

/// <summary>The packages of this repository, packed once into a folder that serves as a source.</summary>
[CollectionDefinition(Collection)]
public sealed class PackedLibraries : IAsyncLifetime, ICollectionFixture<PackedLibraries>
{
    public const string Collection = "packages";

    private readonly TemporaryFolder folder = new();

    public string Version { get; } = "0.0.1-packaging." + Guid.NewGuid().ToString("N");

    public string Source => folder.PathOf("packages");

    public async ValueTask InitializeAsync()
    {
        string solution = Path.Combine(Repository.Root, "Mdf.sln");
        folder.Write("libraries.slnf", JsonSerializer.Serialize(new
        {
            solution = new
            {
                path = Path.GetRelativePath(folder.FullName, solution),
                projects = Libraries.Select(name => $@"src\{name}\{name}.csproj"),
            },
        }));

        // Packs what was built with the tests, and writes nothing there. eng/pack.sh packs a build of its own.
        await new DotNet(Repository.Root).SucceedAsync(
            "pack", folder.PathOf("libraries.slnf"), "--no-build", "-c", BuildFacts.Configuration, "-v:q", "-m:1", "-o", Source,
            $"-p:NuspecOutputPath={folder.PathOf("nuspec")}", $"-p:MinVerVersionOverride={Version}");
    }

    public ValueTask DisposeAsync()
    {
        folder.Dispose();
        return ValueTask.CompletedTask;
    }

    internal static IReadOnlyList<string> Libraries { get; } =
        [.. Directory.EnumerateDirectories(Path.Combine(Repository.Root, "src"))
            .Select(d => Path.GetFileName(d)!).Order(StringComparer.Ordinal)];

    internal ZipArchive Open(string library, string extension = "nupkg") =>
        ZipFile.OpenRead(Path.Combine(Source, $"{library}.{Version}.{extension}"));

    /// <summary>Returns the metadata element of a package's nuspec.</summary>
    internal XElement Metadata(string library)
    {
        using ZipArchive package = Open(library);
        using Stream nuspec = package.GetEntry($"{library}.nuspec")!.Open();
        return XDocument.Load(nuspec).Root!.Elements().Single(e => e.Name.LocalName == "metadata");
    }
}
