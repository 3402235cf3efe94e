using System.Text.RegularExpressions;
using System.Xml.Linq;
using Mdf.Testing;

namespace Mdf.Packaging.Tests.Conventions;

public sealed class RepositoryTests
{
    private static readonly string[] Floors =
        ["Mdf.Core", "Mdf.Models", "Mdf.Losses", "Mdf.Training", "Mdf.Distributed", "Mdf.Onnx", "Mdf.ImageSharp"];

    private static readonly HashSet<string> BinaryExtensions =
        [".png", ".jpg", ".ckpt", ".pth", ".pt", ".safetensors", ".npy", ".npz", ".bin", ".zip"];

    // Home folders, temporary folders and drives: places of one machine. The lookbehind spares addresses and longer paths.
    private static readonly Regex MachinePath = new(
        @"(?<![\w.:/$}~-])/(?:home|Users|root|tmp|work|mnt|media|private)/\w"
        + @"|\b[A-Za-z]:[\\/]{1,2}(?:Users|Program Files|Windows|dev|src|repos|temp)\b",
        RegexOptions.IgnoreCase);

    [Fact]
    public void SourceFiles_Everywhere_NameNoPathOfAMachine()
    {
        string[] files = [.. RepositoryFiles.All().Where(f => !BinaryExtensions.Contains(Path.GetExtension(f)))];
        Assert.Contains("global.json", files.Select(RepositoryFiles.Relative));

        Assert.Empty(
            files.SelectMany(f => MachinePath.Matches(File.ReadAllText(f)).Select(m => $"{RepositoryFiles.Relative(f)}: {m.Value}")));
    }

    [Theory]
    [InlineData("home/", true)]
    [InlineData("tmp/", true)]
    [InlineData("usr/bin/env ", false)]
    public void MachinePath_AbsolutePath_IsFoundWhereItIsOfOneMachine(string folder, bool expected)
    {
        Assert.Equal(expected, MachinePath.IsMatch($"read \"/{folder}someone\""));
        Assert.DoesNotMatch(MachinePath, $"see https://example.org/{folder}someone");
    }

    [Fact]
    public void Libraries_Projects_ReferenceOnlyFloorsBelowThem()
    {
        string[] projects = [.. Directory.EnumerateFiles(Path.Combine(Repository.Root, "src"), "*.csproj", SearchOption.AllDirectories)];
        Assert.NotEmpty(projects);

        foreach (string project in projects)
        {
            int floor = Array.IndexOf(Floors, Path.GetFileNameWithoutExtension(project));
            Assert.True(floor >= 0, $"{RepositoryFiles.Relative(project)} is on no floor; the floors are {string.Join(", ", Floors)}.");
            Assert.All(References(project, "ProjectReference"), reference =>
            {
                int below = Array.IndexOf(Floors, Path.GetFileNameWithoutExtension(reference.Replace('\\', '/')));
                Assert.True(below >= 0 && below < floor, $"{Floors[floor]} references {reference}, which is not below it.");
            });
        }
    }

    [Fact]
    public void Libraries_Projects_LeaveTheNativeTorchToTheUser()
    {
        foreach (string project in Directory.EnumerateFiles(Path.Combine(Repository.Root, "src"), "*.csproj", SearchOption.AllDirectories))
        {
            Assert.DoesNotContain(References(project, "PackageReference"), id =>
                id.StartsWith("libtorch", StringComparison.OrdinalIgnoreCase)
                    || id.StartsWith("TorchSharp-", StringComparison.OrdinalIgnoreCase));
        }
    }

    [Fact]
    public void Solution_Projects_AreAllThoseOfTheRepository()
    {
        string solution = File.ReadAllText(Path.Combine(Repository.Root, "Mdf.sln"));

        Assert.DoesNotContain(
            RepositoryFiles.All().Where(f => f.EndsWith(".csproj", StringComparison.Ordinal)).Select(RepositoryFiles.Relative),
            p => !solution.Contains($"\"{p.Replace('/', '\\')}\"", StringComparison.Ordinal));
    }

    private static IEnumerable<string> References(string project, string kind) =>
        XDocument.Load(project).Descendants(kind).Select(e => e.Attribute("Include")!.Value);
}
