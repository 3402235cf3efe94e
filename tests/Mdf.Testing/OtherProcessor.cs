using System.Diagnostics;
using System.Runtime.Intrinsics;
using Xunit;

namespace Mdf.Testing;

/// <summary>Runs tests in a second process in which .NET does not use some of the processor's instructions.</summary>
public static class OtherProcessor
{
    /// <summary>Runs test methods of an assembly and fails unless all pass; skips where there is nothing to switch off.</summary>
    /// <param name="assembly">The test program.</param>
    /// <param name="instructions">What to switch off: AVX512 or AVX2.</param>
    /// <param name="methods">Patterns of the tests' full names.</param>
    /// <returns>The process's output.</returns>
    public static async Task<string> RunAsync(System.Reflection.Assembly assembly, string instructions, IEnumerable<string> methods)
    {
        bool isThere = instructions == "AVX512" ? Vector512.IsHardwareAccelerated : Vector256.IsHardwareAccelerated;
        Assert.SkipUnless(isThere, $"no {instructions} to switch off");
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        var start = new ProcessStartInfo("dotnet", [assembly.Location, "-noColor", .. methods.SelectMany(m => new[] { "-method", m })])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment[$"DOTNET_Enable{instructions}"] = "0";
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync(cancellation);
        string output = await process.StandardOutput.ReadToEndAsync(cancellation);
        await process.WaitForExitAsync(cancellation);
        Assert.True(process.ExitCode == 0, output + await errors);
        Assert.Contains("Failed: 0", output, StringComparison.Ordinal);
        return output;
    }
}
