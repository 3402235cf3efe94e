using Mdf.Losses.Tests.Discriminators;
using Mdf.Losses.Tests.Features;
using Mdf.Losses.Tests.Perceptual;
using Mdf.Testing;

namespace Mdf.Losses.Tests;

/// <summary>Tests the loss with AVX-512 or AVX2 switched off.</summary>
public sealed class ProcessorTests
{
    private static readonly string[] Methods =
    [
        Method(nameof(FusedExecutionTests), nameof(FusedExecutionTests.Fused_PublishedWidth_AgreesWithFloat64)),
        Method(nameof(MdfLossReferenceTests), nameof(MdfLossReferenceTests.Forward_EveryScaleCount_IsTheAuthorsLoss)),
        Method(nameof(MdfLossReferenceTests), nameof(MdfLossReferenceTests.Backward_EightScales_IsTheAuthorsGradient)),
        Method(nameof(MdfLossReferenceTests), nameof(MdfLossReferenceTests.ForwardAndBackward_InBFloat16_AreNear)),
        Method(nameof(VectorPassTests), "*"),
        Method(nameof(VectorFeaturesTests), nameof(VectorFeaturesTests.Call_SmallestImages_AgreesWithFloat64)),
    ];

    [Theory]
    [InlineData("AVX512")]
    [InlineData("AVX2")]
    public async Task OtherProcess_InstructionsSwitchedOff_PassesToo(string instructions)
    {
        // Without AVX2 everything is slow.
        IEnumerable<string> methods = TestLength.IsFull || instructions == "AVX512" ? Methods : Methods.TakeLast(2);
        string output = await OtherProcessor.RunAsync(typeof(ProcessorTests).Assembly, instructions, methods);

        // Those for vectors.
        Assert.Equal(instructions == "AVX2", output.Contains("no AVX2", StringComparison.Ordinal));
    }

    private static string Method(string type, string name) => $"*.{type}.{name}";
}
