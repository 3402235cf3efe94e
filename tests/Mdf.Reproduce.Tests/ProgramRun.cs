using System.Diagnostics;

namespace Mdf.Reproduce.Tests;

/// <summary>Runs the program in a process of its own.</summary>
/// <param name="ExitCode">Exit code.</param>
/// <param name="Output">Standard output.</param>
/// <param name="Errors">Standard error.</param>
internal sealed record ProgramRun(int ExitCode, string Output, string Errors)
{
    /// <summary>Runs the program to its end, or kills it as soon as a condition holds.</summary>
    public static async Task<ProgramRun> RunAsync(string[] arguments, Func<bool>? until = null)
    {
        string program = Path.Combine(AppContext.BaseDirectory, "Reproduce.dll");
        using Process process = Process.Start(
            new ProcessStartInfo("dotnet", [program, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        Task<string> errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        while (until is not null && !process.HasExited && !until())
        {
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }

        if (until is not null)
        {
            process.Kill();
        }

        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return new ProgramRun(process.ExitCode, await output, await errors);
    }
}
