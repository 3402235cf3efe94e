using System.Diagnostics;
using System.Text;

namespace Mdf.Distributed.Tests.Mpi;

/// <summary>Processes of this program that an MPI launcher starts.</summary>
internal sealed class Job : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private readonly Process process;
    private readonly StringBuilder output = new();

    /// <summary>Starts a job.</summary>
    /// <param name="launcher">mpirun.openmpi or mpirun.mpich; the test is skipped if it is not installed.</param>
    /// <param name="size">Number of processes.</param>
    /// <param name="tasks">What each of them does (<see cref="Rank.Run"/>).</param>
    public Job(string launcher, int size, params string[] tasks)
        : this(launcher, size, library: null, tasks)
    {
    }

    /// <param name="launcher">mpirun.openmpi or mpirun.mpich; the test is skipped if it is not installed.</param>
    /// <param name="size">Number of processes.</param>
    /// <param name="library">The library they are told to load; null for the one they find.</param>
    /// <param name="tasks">What each of them does (<see cref="Rank.Run"/>).</param>
    public Job(string launcher, int size, string? library, string[] tasks)
    {
        string? program = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Select(folder => Path.Combine(folder, launcher)).FirstOrDefault(File.Exists);
        Assert.SkipWhen(program is null, $"no {launcher} on the PATH (Debian: apt-get install openmpi-bin mpich)");
        bool isOpenMpi = launcher.EndsWith("openmpi", StringComparison.Ordinal);
        string[] options = isOpenMpi ? ["--oversubscribe"] : [];
        var start = new ProcessStartInfo(
            program!,
            [
                .. options, "-np", $"{size}", Environment.ProcessPath!,
                .. Environment.ProcessPath!.EndsWith("dotnet", StringComparison.Ordinal) ? (string[])[typeof(Job).Assembly.Location] : [],
                Rank.Command, .. tasks,
            ])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["OMPI_ALLOW_RUN_AS_ROOT"] = start.Environment["OMPI_ALLOW_RUN_AS_ROOT_CONFIRM"] = "1";
        start.Environment["OMP_NUM_THREADS"] = "1";
        start.Environment["DOTNET_TieredPGO"] = "0";
        start.Environment[ProcessGroup.LibraryVariable] = library;
        process = new Process { StartInfo = start };
        process.OutputDataReceived += Append;
        process.ErrorDataReceived += Append;
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>All that was printed so far.</summary>
    public string Output
    {
        get
        {
            lock (output)
            {
                return output.ToString();
            }
        }
    }

    /// <summary>Runs a job and fails unless it succeeds.</summary>
    /// <returns>Its output.</returns>
    public static async Task<string> SucceedAsync(string launcher, int size, params string[] tasks)
    {
        using var job = new Job(launcher, size, tasks);
        Assert.True(await job.EndAsync() == 0, job.Output);
        return job.Output;
    }

    /// <summary>Waits until a condition holds; fails if the job ends before.</summary>
    public async Task UntilAsync(Func<bool> condition)
    {
        while (!condition())
        {
            Assert.False(process.HasExited, Output);
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Waits for the end and returns the exit code.</summary>
    public async Task<int> EndAsync()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);
        await process.WaitForExitAsync(limit.Token);
        return process.ExitCode;
    }

    public void Dispose()
    {
        if (!process.HasExited)
        {
            process.Kill(entireProcessTree: true);
        }

        process.Dispose();
    }

    private void Append(object sender, DataReceivedEventArgs e)
    {
        lock (output)
        {
            output.AppendLine(e.Data);
        }
    }
}
