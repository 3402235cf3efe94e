using System.Diagnostics;
using System.Runtime.Intrinsics;

namespace Mdf.Losses.Tests;

/// <summary>What processors without AVX-512, or without AVX2, compute the loss by is tested on one that has them, too.</summary>
public sealed class ProcessorTests
{
    private static readonly string[] Methods =
    [
        Method(nameof(FusedExecutionTests), nameof(FusedExecutionTests.Fused_PublishedWidth_AgreesWithFloat64)),
        Method(nameof(MdfLossReferenceTests), nameof(MdfLossReferenceTests.Forward_EveryScaleCount_IsTheAuthorsLoss)),
        Method(nameof(MdfLossReferenceTests), nameof(MdfLossReferenceTests.Backward_EightScales_IsTheAuthorsGradient)),
        Method(nameof(MdfLossReferenceTests), nameof(MdfLossReferenceTests.ForwardAndBackward_InBFloat16_AreNear)),
        Method(nameof(VectorConvolutionTests), "*"),
        Method(nameof(VectorPassTests), "*"),
    ];

    [Theory]
    [InlineData("AVX512")]
    [InlineData("AVX2")]
    public async Task OtherProcess_InstructionsSwitchedOff_PassesToo(string instructions)
    {
        Assert.SkipUnless(Vector512.IsHardwareAccelerated, "no AVX-512 to switch off");
        var start = new ProcessStartInfo("dotnet", [typeof(ProcessorTests).Assembly.Location, "-noColor", .. Methods.SelectMany(m => new[] { "-method", m })])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment[$"DOTNET_Enable{instructions}"] = "0";
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, output + await errors);
        Assert.Contains("Failed: 0", output, StringComparison.Ordinal);

        // Those for vectors.
        Assert.Equal(instructions == "AVX2", output.Contains("no AVX2", StringComparison.Ordinal));
    }

    private static string Method(string type, string name) => $"*.{type}.{name}";
}
