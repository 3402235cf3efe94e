using Mdf.Build;
using Mdf.Testing;

namespace Mdf.Packaging.Tests.NativeCompatibility;

public sealed class NativeCompatibilityBuildTests(ThrowAwayProject project) : IClassFixture<ThrowAwayProject>, IDisposable
{
    private readonly string packageBefore = BuildFacts.HashOf(BuildFacts.NativeLibrary);

    public void Dispose()
    {
        // Whatever a build does, what all projects of this user share stays as it was.
        Assert.Equal(packageBefore, BuildFacts.HashOf(BuildFacts.NativeLibrary));
    }

    [Fact]
    public async Task Build_Always_DeliversTheAdaptedCopyAndSaysSoTheFirstTime()
    {
        SkipElsewhere();

        DotNet.Result first = await project.BuildAsync("Always", "-p:MdfNativeCompatibility=always");
        DotNet.Result second = await project.BuildAsync("Always", "-p:MdfNativeCompatibility=Always");

        Assert.Single(first.Output.Split('\n'), l => l.Contains(ThrowAwayProject.Message, StringComparison.Ordinal));
        Assert.DoesNotContain(ThrowAwayProject.Message, second.Output, StringComparison.Ordinal);
        AssertAdapted(project.Libraries("Always"));
    }

    [Fact]
    public async Task Build_Auto_FollowsTheMachine()
    {
        SkipElsewhere();

        await project.BuildAsync("Auto");

        if (StandardCppLibrary.Provides(ElfVersionRelaxation.Symbol, ElfVersionRelaxation.Version))
        {
            AssertOriginal(project.Libraries("Auto"));
        }
        else
        {
            AssertAdapted(project.Libraries("Auto"));
        }
    }

    [Fact]
    public async Task Build_NeverThenAlwaysThenNever_ReplacesTheHardLinkToThePackageAndBringsItBack()
    {
        SkipElsewhere();
        const string links = "-p:CreateHardLinksForCopyLocalIfPossible=true";

        DotNet.Result never = await project.BuildAsync("Switched", "-p:MdfNativeCompatibility=never", links);
        Assert.DoesNotContain(ThrowAwayProject.Message, never.Output, StringComparison.Ordinal);
        AssertOriginal(project.Libraries("Switched"));

        await project.BuildAsync("Switched", "-p:MdfNativeCompatibility=always", "--no-incremental");
        AssertAdapted(project.Libraries("Switched"));

        await project.BuildAsync("Switched", "-p:MdfNativeCompatibility=never");
        AssertOriginal(project.Libraries("Switched"));
    }

    [Fact]
    public async Task Build_UnknownValue_FailsWithItsCode()
    {
        SkipElsewhere();

        DotNet.Result result = await project.Command.RunAsync(
            "build", "--no-restore", "-c", "Nonsense", "-p:MdfNativeCompatibility=sometimes");

        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("error MDF0002", result.Output, StringComparison.Ordinal);
        Assert.Contains("'sometimes'", result.Output, StringComparison.Ordinal);
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

    private static void AssertAdapted(string[] libraries)
    {
        byte[] expected = File.ReadAllBytes(BuildFacts.NativeLibrary);
        Assert.True(ElfVersionRelaxation.Relax(expected));
        Assert.Equal(expected, File.ReadAllBytes(Assert.Single(libraries)));
    }

    private static void AssertOriginal(string[] libraries) =>
        Assert.Equal(BuildFacts.HashOf(BuildFacts.NativeLibrary), BuildFacts.HashOf(Assert.Single(libraries)));
}
