using Mdf.Build;
using Mdf.Testing;

namespace Mdf.Packaging.Tests.NativeCompatibility;

public sealed class NativeCompatibilityBuildTests(ThrowAwayProject project) : IClassFixture<ThrowAwayProject>, IDisposable
{
    private static readonly string Original = BuildFacts.HashOf(BuildFacts.NativeLibrary);

    public void Dispose()
    {
        // Whatever a build does, what all projects of this user share stays as it was.
        Assert.Equal(project.PackageBefore, BuildFacts.HashOf(BuildFacts.NativeLibrary));
    }

    [Fact]
    public void Build_Always_DeliversTheAdaptedCopyAndSaysSoTheFirstTime()
    {
        SkipElsewhere();
        AssertSuccess(project.First);
        AssertSuccess(project.Second);

        Assert.Single(project.First.Outputs["Always"].Split('\n'), l => l.Contains(ThrowAwayProject.Message, StringComparison.Ordinal));
        Assert.DoesNotContain(ThrowAwayProject.Message, project.Second.Outputs["Always"], StringComparison.Ordinal);
        Assert.Equal([Adapted()], project.Second.Libraries["Always"]);
    }

    [Fact]
    public void Build_Auto_FollowsTheMachine()
    {
        SkipElsewhere();
        AssertSuccess(project.First);

        bool isOld = !StandardCppLibrary.Provides(ElfVersionRelaxation.Symbol, ElfVersionRelaxation.Version);
        Assert.Equal([isOld ? Adapted() : Original], project.First.Libraries["Auto"]);
    }

    [Fact]
    public void Build_NeverThenAlwaysThenNever_ReplacesTheHardLinkToThePackageAndBringsItBack()
    {
        SkipElsewhere();
        AssertSuccess(project.First);
        Assert.DoesNotContain(ThrowAwayProject.Message, project.First.Outputs["Switched"], StringComparison.Ordinal);
        Assert.Equal([Original], project.First.Libraries["Switched"]);

        AssertSuccess(project.Second);
        Assert.Equal([Adapted()], project.Second.Libraries["Switched"]);

        Assert.Contains("App.dll", project.Third.Outputs["Switched"], StringComparison.Ordinal);
        Assert.Equal([Original], project.Third.Libraries["Switched"]);
    }

    [Fact]
    public void Build_UnknownValue_FailsWithItsCode()
    {
        SkipElsewhere();

        Assert.NotEqual(0, project.Third.Result.ExitCode);
        Assert.DoesNotContain("error", project.Third.Outputs["Switched"], StringComparison.Ordinal);
        Assert.Contains("error MDF0002", project.Third.Outputs["Nonsense"], StringComparison.Ordinal);
        Assert.Contains("'sometimes'", project.Third.Outputs["Nonsense"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Build_RuntimeIdentifierAndIntermediateFolderElsewhere_DeliverTheAdaptedCopy()
    {
        TestLength.SkipUnlessFull("builds a project of its own");
        SkipElsewhere();
        string intermediate = Path.Combine(project.Root, "elsewhere") + Path.DirectorySeparatorChar;

        await project.BuildAsync(
            "Runtime",
            "-r",
            "linux-x64",
            "--no-self-contained",
            $"-p:IntermediateOutputPath={intermediate}", "-p:MdfNativeCompatibility=always");

        AssertAdapted(project.Libraries("Runtime"));
        Assert.True(File.Exists(Path.Combine(intermediate, "mdf-native", "libLibTorchSharp.so")));
    }

    [Fact]
    public async Task Publish_Portable_CarriesTheAdaptedCopy()
    {
        TestLength.SkipUnlessFull("builds a project of its own");
        SkipElsewhere();

        await project.PublishAsync("Portable", "-p:MdfNativeCompatibility=always");

        AssertAdapted(project.Libraries("Portable", $"net{Environment.Version.Major}.0", "publish"));
    }

    [Fact]
    public async Task Publish_SingleFile_CarriesTheAdaptedCopyBesideTheProgram()
    {
        TestLength.SkipUnlessFull("builds a project of its own");
        SkipElsewhere();

        await project.PublishAsync(
            "Single", "-r", "linux-x64", "--no-self-contained", "-p:PublishSingleFile=true", "-p:MdfNativeCompatibility=always");

        AssertAdapted(project.Libraries("Single", $"net{Environment.Version.Major}.0", "linux-x64", "publish"));
    }

    private static void SkipElsewhere()
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Skip("the targets do something on Linux only");
        }
    }

    private static void AssertSuccess(ThrowAwayProject.Round round) => Assert.True(round.Result.ExitCode == 0, round.Result.ToString());

    private static void AssertAdapted(string[] libraries) => Assert.Equal(Adapted(), BuildFacts.HashOf(Assert.Single(libraries)));

    private static string Adapted()
    {
        byte[] image = File.ReadAllBytes(BuildFacts.NativeLibrary);
        Assert.True(ElfVersionRelaxation.Relax(image));
        return BuildFacts.HashOf(image);
    }
}
