using System.Buffers.Binary;
using System.IO.Compression;
using System.Xml.Linq;
using Mdf.Testing;

namespace Mdf.Packaging.Tests.Packages;

[Collection(PackedLibraries.Collection)]
public sealed class PackageContentTests(PackedLibraries packages)
{
    public static TheoryData<string> Libraries => [.. PackedLibraries.Libraries];

    [Theory]
    [MemberData(nameof(Libraries))]
    public void Package_AnyLibrary_HoldsAssemblyDocumentationReadmeAndIcon(string library)
    {
        using ZipArchive package = packages.Open(library);

        Assert.Superset(
            new HashSet<string> { $"lib/net10.0/{library}.dll", $"lib/net10.0/{library}.xml", "README.md", "icon.png" },
            package.Entries.Select(e => e.FullName).ToHashSet());
        Assert.Equal(128, WidthOfPng(package.GetEntry("icon.png")!));
    }

    [Theory]
    [MemberData(nameof(Libraries))]
    public void Package_AnyLibrary_DeclaresLicenceReadmeIconAndDescription(string library)
    {
        XElement metadata = packages.Metadata(library);

        XElement licence = Element(metadata, "license");
        Assert.Equal(("expression", "MIT"), (licence.Attribute("type")!.Value, licence.Value));
        Assert.Equal("README.md", Element(metadata, "readme").Value);
        Assert.Equal("icon.png", Element(metadata, "icon").Value);
        Assert.NotEqual("Package Description", Element(metadata, "description").Value);
    }

    [Theory]
    [MemberData(nameof(Libraries))]
    public void Package_AnyLibrary_HasSymbolsBesideIt(string library)
    {
        using ZipArchive symbols = packages.Open(library, "snupkg");

        Assert.Contains(symbols.Entries, e => e.FullName == $"lib/net10.0/{library}.pdb");
    }

    [Theory]
    [MemberData(nameof(Libraries))]
    public void Package_AnyLibrary_BringsNoNativeTorchAndNoBuildTool(string library)
    {
        Assert.DoesNotContain(Dependencies(library).Keys, id =>
            id.StartsWith("libtorch", StringComparison.OrdinalIgnoreCase)
            || id.StartsWith("TorchSharp-", StringComparison.OrdinalIgnoreCase)
            || id is "MinVer" or "Microsoft.CodeAnalysis.PublicApiAnalyzers");
    }

    [Theory]
    [InlineData("Mdf.Losses", "Mdf.Models")]
    [InlineData("Mdf.Models", "Mdf.Core")]
    public void Package_UpperFloor_DependsOnTheFloorBelowInTheSameVersion(string library, string below)
    {
        Assert.Equal(packages.Version, Dependencies(library)[below]);
    }

    [Fact]
    public void Package_Core_DependsOnTorchSharpAndSkiaSharp()
    {
        IReadOnlyDictionary<string, string> dependencies = Dependencies("Mdf.Core");

        Assert.Equal(BuildFacts.TorchSharpVersion, dependencies["TorchSharp"]);
        Assert.Contains("SkiaSharp", dependencies.Keys);
        Assert.Contains("SkiaSharp.NativeAssets.Linux.NoDependencies", dependencies.Keys);
    }

    [Theory]
    [InlineData("build")]
    [InlineData("buildTransitive")]
    public void Package_Core_HoldsTheCompatibilityTargets(string folder)
    {
        using ZipArchive package = packages.Open("Mdf.Core");

        foreach (string name in (string[])["Mdf.Core.targets", "TorchSharpNativeCompatibility.cs"])
        {
            using var reader = new StreamReader(package.GetEntry($"{folder}/{name}")!.Open());
            Assert.Equal(File.ReadAllText(Path.Combine(Repository.Root, "eng", "NativeCompatibility", name)), reader.ReadToEnd());
        }
    }

    private static XElement Element(XElement parent, string name) => parent.Elements().Single(e => e.Name.LocalName == name);

    private static int WidthOfPng(ZipArchiveEntry entry)
    {
        using var reader = new BinaryReader(entry.Open());
        return BinaryPrimitives.ReadInt32BigEndian(reader.ReadBytes(24).AsSpan(16));
    }

    private Dictionary<string, string> Dependencies(string library) =>
        packages.Metadata(library).Descendants().Where(e => e.Name.LocalName == "dependency")
            .ToDictionary(e => e.Attribute("id")!.Value, e => e.Attribute("version")!.Value);
}
