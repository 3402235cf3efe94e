using Mdf.Build;
using Mdf.Testing;

namespace Mdf.Packaging.Tests.NativeCompatibility;

public sealed class TorchSharpNativeCompatibilityTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly RecordingBuildEngine engine = new();

    private string Destination => folder.PathOf("obj/mdf-native/libLibTorchSharp.so");

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Execute_Always_WritesTheRelaxedCopyAndSaysSoOnce()
    {
        TorchSharpNativeCompatibility task = TaskFor(BuildFacts.NativeLibrary);

        Assert.True(task.Execute());

        Assert.True(task.Relaxed);
        byte[] expected = File.ReadAllBytes(BuildFacts.NativeLibrary);
        Assert.True(ElfVersionRelaxation.Relax(expected));
        Assert.Equal(expected, File.ReadAllBytes(Destination));
        Assert.Contains(ElfVersionRelaxation.Version, Assert.Single(engine.Messages).Message, StringComparison.Ordinal);
        Assert.Empty(engine.Errors);
    }

    [Fact]
    public void Execute_SecondTime_UsesTheCopyAndSaysNothing()
    {
        Assert.True(TaskFor(BuildFacts.NativeLibrary).Execute());
        DateTime written = File.GetLastWriteTimeUtc(Destination);
        engine.Messages.Clear();
        TorchSharpNativeCompatibility second = TaskFor(BuildFacts.NativeLibrary);

        Assert.True(second.Execute());

        Assert.True(second.Relaxed);
        Assert.Empty(engine.Messages);
        Assert.Equal(written, File.GetLastWriteTimeUtc(Destination));
    }

    [Fact]
    public void Execute_OutdatedCopy_ReplacesTheFileAndSparesItsHardLinks()
    {
        string linked = folder.PathOf("linked.so");
        folder.Write("obj/mdf-native/libLibTorchSharp.so", "the copy of another version");
        LinkOrCopy(Destination, linked);

        Assert.True(TaskFor(BuildFacts.NativeLibrary).Execute());

        Assert.Equal(new FileInfo(BuildFacts.NativeLibrary).Length, new FileInfo(Destination).Length);
        Assert.Equal("the copy of another version", File.ReadAllText(linked));
    }

    [Fact]
    public void Execute_AnyOutcome_LeavesTheSourceAsItWas()
    {
        string before = BuildFacts.HashOf(BuildFacts.NativeLibrary);

        TaskFor(BuildFacts.NativeLibrary).Execute();

        Assert.Equal(before, BuildFacts.HashOf(BuildFacts.NativeLibrary));
    }

    [Fact]
    public void Execute_LibraryWithoutTheNeed_LeavesItToThePackage()
    {
        byte[] image = File.ReadAllBytes(BuildFacts.NativeLibrary);
        ElfVersionRelaxation.Relax(image);
        string source = folder.PathOf("libLibTorchSharp.so");
        File.WriteAllBytes(source, image);
        TorchSharpNativeCompatibility task = TaskFor(source);

        Assert.True(task.Execute());

        Assert.False(task.Relaxed);
        Assert.False(File.Exists(Destination));
        Assert.Empty(engine.Messages);
    }

    [Fact]
    public void Execute_Auto_FollowsTheMachine()
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Skip("the targets call the task on Linux only");
        }

        TorchSharpNativeCompatibility task = TaskFor(BuildFacts.NativeLibrary);
        task.Always = false;

        Assert.True(task.Execute());

        Assert.Equal(!StandardCppLibrary.Provides(ElfVersionRelaxation.Symbol, ElfVersionRelaxation.Version), task.Relaxed);
        Assert.Equal(task.Relaxed, File.Exists(Destination));
    }

    [Fact]
    public void Execute_BadFile_FailsWithItsCodeAndWritesNothing()
    {
        folder.Write("bad.so", new string('x', 200));

        Assert.False(TaskFor(folder.PathOf("bad.so")).Execute());

        Assert.Equal("MDF0001", Assert.Single(engine.Errors).Code);
        Assert.False(Directory.Exists(Path.GetDirectoryName(Destination)));
    }

    [Fact]
    public void Execute_DestinationThatCannotBeWritten_FailsWithItsCodeAndLeavesNothingBeside()
    {
        Directory.CreateDirectory(Destination);
        TorchSharpNativeCompatibility task = TaskFor(BuildFacts.NativeLibrary);

        Assert.False(task.Execute());

        Assert.Equal("MDF0003", Assert.Single(engine.Errors).Code);
        Assert.Equal([Destination], Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(Destination)!));
    }

    private static void LinkOrCopy(string existing, string name)
    {
        if (!OperatingSystem.IsLinux())
        {
            File.Copy(existing, name);
            return;
        }

        using var link = System.Diagnostics.Process.Start("ln", [existing, name]);
        link.WaitForExit();
        Assert.Equal(0, link.ExitCode);
    }

    private TorchSharpNativeCompatibility TaskFor(string source) =>
        new() { BuildEngine = engine, Source = source, Destination = Destination, Always = true };
}
