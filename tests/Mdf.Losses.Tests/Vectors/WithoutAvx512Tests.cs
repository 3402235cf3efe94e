using System.Diagnostics;
using System.Runtime.Intrinsics;

namespace Mdf.Losses.Tests;

/// <summary>What a processor without AVX-512 computes the loss by is tested on one that has it, too.</summary>
public sealed class WithoutAvx512Tests
{
    private static readonly string[] Methods =
    [
        Method(nameof(FusedExecutionTests), nameof(FusedExecutionTests.Fused_PublishedWidth_AgreesWithFloat64)),
        Method(nameof(MdfLossReferenceTests), nameof(MdfLossReferenceTests.Forward_EveryScaleCount_IsTheAuthorsLoss)),
        Method(nameof(MdfLossReferenceTests), nameof(MdfLossReferenceTests.Backward_EightScales_IsTheAuthorsGradient)),
        Method(nameof(MdfLossReferenceTests), nameof(MdfLossReferenceTests.ForwardAndBackward_InBFloat16_AreNear)),
        Method(nameof(VectorPassTests), nameof(VectorPassTests.Features_OfSeveralImages_AgreesWithFloat64AndLeavesNothingElse)),
    ];

    [Fact]
    public async Task OtherProcess_AvxSwitchedOff_PassesToo()
    {
        Assert.SkipUnless(Vector512.IsHardwareAccelerated, "no AVX-512 to switch off");
        var start = new ProcessStartInfo("dotnet", [typeof(WithoutAvx512Tests).Assembly.Location, "-noColor", .. Methods.SelectMany(m => new[] { "-method", m })])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["DOTNET_EnableAVX512"] = "0";
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, output + await errors);
        Assert.Contains("Failed: 0", output, StringComparison.Ordinal);

        // Those for processors that have it.
        Assert.Contains("no AVX-512", output, StringComparison.Ordinal);
    }

    private static string Method(string type, string name) => $"*.{type}.{name}";
}
