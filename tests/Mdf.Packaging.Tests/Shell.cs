using System.Diagnostics;

namespace Mdf.Packaging.Tests;

/// <summary>Runs a command and fails unless it succeeds.</summary>
internal static class Shell
{
    public static async Task<string> SucceedAsync(string folder, string command, params string[] arguments)
    {
        var start = new ProcessStartInfo(command, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        DotNet.SetEnvironment(start.Environment);
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, $"{command} ended with {process.ExitCode}:\n{output}{await errors}");
        return output;
    }
}
