using System.Diagnostics;
using System.Globalization;
using Mdf.Testing;

namespace Mdf.Packaging.Tests.Samples;

/// <summary>A sample's program, run in a folder of its own, or in that of another sample.</summary>
internal sealed class SampleCommand(string name, SampleCommand? beside = null, params (string Name, string Value)[] variables) : IDisposable
{
    private readonly string program = Path.Combine(
        Repository.Root, "samples", name, "bin", BuildFacts.Configuration, "net10.0", $"{name}.dll");
    private readonly List<DotNet> commands = [];

    // What tests run is too small for more, and threads that share a core with another test project's wait for each other.
    private readonly Dictionary<string, string> environment = variables
        .Append(("OMP_NUM_THREADS", "1"))
        .ToDictionary(v => v.Item1, v => v.Item2);

    public TemporaryFolder Folder { get; } = beside?.Folder ?? new TemporaryFolder();

    public byte[] Read(string file) => File.ReadAllBytes(Folder.PathOf(file));

    /// <summary>Runs in a process that runs the program for other tests too.</summary>
    public async Task<DotNet.Result> RunAsync(int exitCode, params string[] arguments)
    {
        DotNet.Result result = await SampleProcess.RunAsync(program, Folder.FullName, environment, arguments);
        Assert.True(result.ExitCode == exitCode, result.ToString());
        return result;
    }

    /// <summary>Runs in a process of its own, which remembers nothing of earlier runs.</summary>
    public async Task<DotNet.Result> RunAloneAsync(int exitCode, params string[] arguments)
    {
        var command = new DotNet(Folder.FullName, environment);
        commands.Add(command);
        DotNet.Result result = await command.RunAsync([program, .. arguments]);
        Assert.True(result.ExitCode == exitCode, result.ToString());
        return result;
    }

    /// <summary>Runs in a process of its own until a file exists, then sends a signal.</summary>
    public Task<DotNet.Result> RunAndSignalAsync(int exitCode, string signal, string file, params string[] arguments) =>
        RunAndSignalAsync(exitCode, signal, () => File.Exists(Folder.PathOf(file)), arguments);

    /// <summary>Runs in a process of its own until a condition holds, then sends a signal.</summary>
    public async Task<DotNet.Result> RunAndSignalAsync(int exitCode, string signal, Func<bool> hasCome, params string[] arguments)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() || OperatingSystem.IsMacOS(), $"sends SIG{signal} by the command 'kill'");
        Task<DotNet.Result> run = RunAloneAsync(exitCode, arguments);
        while (!run.IsCompleted && !hasCome())
        {
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        using (Process kill = Process.Start("kill", [$"-{signal}", commands[^1].ProcessId.ToString(CultureInfo.InvariantCulture)]))
        {
            await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        return await run;
    }

    public void Dispose()
    {
        if (beside is null)
        {
            Folder.Dispose();
        }
    }
}
