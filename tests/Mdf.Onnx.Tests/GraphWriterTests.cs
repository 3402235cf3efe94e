using Mdf.Models.Layered;
using static TorchSharp.torch;

namespace Mdf.Onnx.Tests;

public sealed class GraphWriterTests
{
    [Theory]
    [InlineData(false, "HalfWeights halves the size")]
    [InlineData(true, "an ONNX file holds at most")]
    public void Write_WeightsBeyondTwoGibibytes_AreRefused(bool isHalf, string reason)
    {
        using var scope = NewDisposeScope();
        Tensor weight = zeros(1, 1, 1, 1).expand(20_000, 10_000, 3, 3);
        var graph = new LayerGraph([new ConvolutionStep(0, weight, null, 1)]);

        NotSupportedException e = Assert.Throws<NotSupportedException>(
            () => new GraphWriter(isHalf, "network").Write("large", graph, channels: 3, scale: 1));
        Assert.Contains(reason, e.Message, StringComparison.Ordinal);
    }
}
