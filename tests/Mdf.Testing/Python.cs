using System.Diagnostics;
using Xunit;

namespace Mdf.Testing;

/// <summary>
/// Runs scripts where Python is at hand: the program that the environment variable MDF_PYTHON names, else <c>python3</c> of /usr/bin.
/// </summary>
public static class Python
{
    private static readonly string Program = Environment.GetEnvironmentVariable("MDF_PYTHON") is { Length: > 0 } named
        ? named
        : "/usr/bin/python3";

    /// <summary>Skips the test unless Python imports a module.</summary>
    public static void Require(string module) => Assert.SkipUnless(
        File.Exists(Program) && Run("-c", $"import {module}").ExitCode == 0,
        $"{Program} does not import {module} (MDF_PYTHON names another Python)");

    /// <summary>Runs Python and fails unless it ends well.</summary>
    /// <returns>What was printed.</returns>
    public static string Succeed(params string[] arguments)
    {
        (int exitCode, string output) = Run(arguments);
        Assert.True(exitCode == 0, output);
        return output;
    }

    private static (int ExitCode, string Output) Run(params string[] arguments)
    {
        var start = new ProcessStartInfo(Program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + errors.GetAwaiter().GetResult());
    }
}
