using System.Diagnostics;

namespace Mdf.Reproduce.Tests;

/// <summary>The program in a process of its own.</summary>
/// <param name="ExitCode">What it ended with.</param>
/// <param name="Output">What it wrote.</param>
/// <param name="Errors">What it wrote to the error stream.</param>
internal sealed record ProgramRun(int ExitCode, string Output, string Errors)
{
    /// <summary>Runs it to its end, or kills it as soon as it has come to something.</summary>
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
