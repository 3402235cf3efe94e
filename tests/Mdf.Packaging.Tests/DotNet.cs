using System.Collections;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using Mdf.Testing;

namespace Mdf.Packaging.Tests;

/// <summary>Runs the dotnet command of the runtime that runs the tests.</summary>
internal sealed class DotNet(string workingDirectory, IReadOnlyDictionary<string, string>? environment = null)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    /// <summary>Identifier of the last process.</summary>
    public int ProcessId { get; private set; }

    public async Task<Result> RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "dotnet"), arguments)
        {
            WorkingDirectory = workingDirectory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        SetEnvironment(start.Environment);
        foreach ((string name, string value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        var output = new StringBuilder();
        using var process = new Process { StartInfo = start };
        process.OutputDataReceived += Append;
        process.ErrorDataReceived += Append;
        using (new DefaultInterrupt())
        {
            process.Start();
        }

        ProcessId = process.Id;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        return new Result($"dotnet {string.Join(' ', arguments)}", process.ExitCode, output.ToString());

        void Append(object sender, DataReceivedEventArgs e)
        {
            lock (output)
            {
                output.AppendLine(e.Data);
            }
        }
    }

    public async Task<Result> SucceedAsync(params string[] arguments)
    {
        Result result = await RunAsync(arguments);
        Assert.True(result.ExitCode == 0, result.ToString());
        return result;
    }

    /// <summary>Removes from a child's environment the variables that "dotnet test" sets for its own.</summary>
    internal static void SetEnvironment(IDictionary<string, string?> variables)
    {
        // "dotnet test" tells its children which MSBuild and which host they are part of. These are children of nobody.
        foreach (string name in Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().Select(e => (string)e.Key))
        {
            if (name.StartsWith("MSBuild", StringComparison.OrdinalIgnoreCase)
                || name.StartsWith("TESTINGPLATFORM", StringComparison.Ordinal)
                || name is "DOTNET_HOST_PATH" or "DOTNET_CLI_TEST_COMMAND_WORKING_DIRECTORY")
            {
                variables.Remove(name);
            }
        }

        variables["DOTNET_CLI_UI_LANGUAGE"] = "en";
        variables["DOTNET_NOLOGO"] = "1";

        // Profiling methods for a later, better compilation costs short programs more than it gains.
        variables["DOTNET_TieredPGO"] = "0";
    }

    internal sealed record Result(string Command, int ExitCode, string Output)
    {
        public override string ToString() => $"{Command} ended with {ExitCode}:{Environment.NewLine}{Output}";
    }
}
