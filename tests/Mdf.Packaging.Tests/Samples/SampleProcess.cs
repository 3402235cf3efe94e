using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Mdf.Packaging.Tests.Samples;

/// <summary>A process that runs a sample's program again and again (<see cref="StartupHook"/>).</summary>
/// <remarks>It ends with the process of the tests, which holds the other end of its input.</remarks>
internal sealed class SampleProcess
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);
    private static readonly Dictionary<string, SampleProcess> Running = [];

    private readonly Process process;

    private SampleProcess(string program, IReadOnlyDictionary<string, string> environment)
    {
        var start = new ProcessStartInfo(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "dotnet"), [program])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        DotNet.SetEnvironment(start.Environment);
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        start.Environment["DOTNET_STARTUP_HOOKS"] = typeof(SampleProcess).Assembly.Location;
        start.Environment[nameof(StartupHook)] = program;
        process = Process.Start(start)!;
    }

    /// <summary>Runs a program with arguments in a folder.</summary>
    public static async Task<DotNet.Result> RunAsync(
        string program, string folder, IReadOnlyDictionary<string, string> environment, string[] arguments)
    {
        string key = string.Join('\n', environment.Select(v => $"{v.Key}={v.Value}").Prepend(program));
        if (!Running.TryGetValue(key, out SampleProcess? sample) || sample.process.HasExited)
        {
            Running[key] = sample = new SampleProcess(program, environment);
        }

        return await sample.RunAsync($"{Path.GetFileName(program)} {string.Join(' ', arguments)}", [folder, .. arguments]);
    }

    private async Task<DotNet.Result> RunAsync(string name, string[] command)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);
        try
        {
            await process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(command).AsMemory(), limit.Token);
            await process.StandardInput.FlushAsync(limit.Token);
            var output = new StringBuilder();
            int?[] codes = await Task.WhenAll(
                ReadAsync(process.StandardOutput, output, limit.Token), ReadAsync(process.StandardError, output, limit.Token));
            if (codes[0] is { } code && codes[1] == code)
            {
                return new DotNet.Result(name, code, output.ToString());
            }

            // The program ended the process.
            await process.WaitForExitAsync(limit.Token);
            return new DotNet.Result(name, process.ExitCode, output.ToString());
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    // Returns the exit code; null at the end of the stream.
    private static async Task<int?> ReadAsync(StreamReader reader, StringBuilder output, CancellationToken cancellation)
    {
        while (await reader.ReadLineAsync(cancellation) is { } line)
        {
            if (line.StartsWith(StartupHook.End, StringComparison.Ordinal))
            {
                return int.Parse(line[StartupHook.End.Length..], CultureInfo.InvariantCulture);
            }

            lock (output)
            {
                output.AppendLine(line);
            }
        }

        return null;
    }
}
