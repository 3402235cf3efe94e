using Mdf.Testing;

namespace Mdf.Models.Tests.Simd;

/// <summary>Tests the kernels with AVX-512 or AVX2 switched off.</summary>
public sealed class ProcessorTests
{
    private const string Convolutions = $"*.{nameof(VectorConvolutionTests)}.*", Networks = $"*.{nameof(StreamedNetworkTests)}.*";
    private const string Trained = $"*.{nameof(TrainedConvolutionTests)}.*", Normalized = $"*.{nameof(NormalizedMapTests)}.*";

    [Theory]
    [InlineData("AVX512")]
    [InlineData("AVX2")]
    public async Task OtherProcess_InstructionsSwitchedOff_PassesToo(string instructions)
    {
        string output = await OtherProcessor.RunAsync(
            typeof(ProcessorTests).Assembly,
            instructions,
            TestLength.IsFull ? [Convolutions, Trained, Normalized, Networks] : [Convolutions, Trained, Normalized]);
        Assert.Equal(instructions == "AVX2", output.Contains("no AVX2", StringComparison.Ordinal));
    }
}
