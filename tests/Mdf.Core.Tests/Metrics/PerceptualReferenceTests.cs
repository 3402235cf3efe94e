using Mdf.Checkpoints;
using Mdf.Metrics;
using Mdf.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace Mdf.Core.Tests.Metrics;

/// <summary>Compares the metrics without weights with piq 0.8 in float64, values and gradients.</summary>
public sealed class PerceptualReferenceTests : IDisposable
{
    private static readonly Dictionary<string, Func<Tensor, Tensor, Tensor>> Metrics = new()
    {
        ["haarpsi"] = (x, y) => HaarPsi.Measure(x, y),
        ["gmsd"] = (x, y) => Gmsd.Measure(x, y),
        ["ms_gmsd"] = (x, y) => MultiScaleGmsd.Measure(x, y),
        ["vif_p"] = (x, y) => VisualInformationFidelity.Measure(x, y),
        ["fsim"] = (x, y) => FeatureSimilarity.Measure(x, y),
        ["fsimc"] = (x, y) => FeatureSimilarity.MeasureColor(x, y),
    };

    private static readonly string[] Pairs = ["rgb", "odd", "gray"];
    private static readonly string[] WithGradients = ["haarpsi", "gmsd", "vif_p"];

    private readonly DisposeScope scope = NewDisposeScope();

    public static TheoryData<string, string> Cases => new(
        from pair in Pairs
        from metric in Metrics.Keys
        where pair != "gray" || metric != "fsimc"
        select (pair, metric));

    public static TheoryData<string, string> Differentiated => new(
        from pair in Pairs
        from metric in WithGradients
        select (pair, metric));

    public void Dispose() => scope.Dispose();

    [Theory]
    [MemberData(nameof(Cases))]
    public void Measure_Photographs_IsPiqs(string pair, string metric)
    {
        using StateDictionary stored = ReferenceData.Open("perceptual.safetensors");
        Tensor x = stored[$"{pair}.x"], y = stored[$"{pair}.y"], expected = stored[$"{pair}.{metric}"];
        TensorAssert.RelativelyNear(expected, Metrics[metric](x, y), 1e-9);
        TensorAssert.RelativelyNear(expected, Metrics[metric](x.to(ScalarType.Float64), y.to(ScalarType.Float64)), 1e-9);
    }

    [Theory]
    [MemberData(nameof(Differentiated))]
    public void Measure_Differentiated_ValueAndGradientArePiqs(string pair, string metric)
    {
        using StateDictionary stored = ReferenceData.Open("perceptual.safetensors");
        Tensor expected = stored[$"{pair}.{metric}_grad_x"], y = stored[$"{pair}.y"].to(ScalarType.Float64);
        foreach (ScalarType type in new[] { ScalarType.Float32, ScalarType.Float64 })
        {
            Tensor x = stored[$"{pair}.x"].to(type, copy: true).requires_grad_(true);
            Tensor values = Metrics[metric](x, y.to(type));
            values.mean().backward();
            TensorAssert.RelativelyNear(stored[$"{pair}.{metric}"], values.detach(), 1e-9);
            Assert.Equal(type, x.grad!.dtype);
            Assert.InRange(TensorAssert.RelativeNormError(expected, x.grad), 0, 1e-6);
        }
    }

    // The losses compute in the type of the images.
    [Theory]
    [InlineData("rgb")]
    [InlineData("odd")]
    [InlineData("gray")]
    public void Deficits_Float32_ValueAndGradientAreNearPiqs(string pair)
    {
        using StateDictionary stored = ReferenceData.Open("perceptual.safetensors");
        AssertNear("haarpsi", (x, y) => 1 - HaarPsi.Deficits(x, y));
        AssertNear("gmsd", Gmsd.Deviations);

        void AssertNear(string metric, Func<Tensor, Tensor, Tensor> measure)
        {
            Tensor x = stored[$"{pair}.x"].clone().requires_grad_(true);
            Tensor values = measure(x, stored[$"{pair}.y"]);
            values.mean().backward();
            Assert.Equal(ScalarType.Float32, values.dtype);
            TensorAssert.RelativelyNear(stored[$"{pair}.{metric}"], values.detach(), 2e-5);
            Assert.InRange(TensorAssert.RelativeNormError(stored[$"{pair}.{metric}_grad_x"], x.grad!), 0, 1e-3);
        }
    }
}
