using Mdf.Checkpoints;
using Mdf.Imaging;
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
            AssertGradient(expected, x, metric, 1e-6);
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
            AssertGradient(stored[$"{pair}.{metric}_grad_x"], x, metric, 1e-3);
        }
    }

    // Magnitudes have no derivative at zero. There, and where rounding errors replace the zero, piq's gradient is NaN or arbitrary.
    private static void AssertGradient(Tensor expected, Tensor x, string metric, double tolerance)
    {
        Assert.True(x.grad!.isfinite().all().item<bool>());
        double zero = x.dtype == ScalarType.Float64 || tolerance < 1e-4 ? 1e-12 : 1e-6;
        Tensor compared = metric == "vif_p" ? ones_like(expected, ScalarType.Bool) : SeesNoZero(x.detach(), metric, zero);
        Assert.InRange(compared.to(ScalarType.Float64).mean().item<double>(), 0.1, 1);
        Tensor none = zeros_like(expected);
        Assert.InRange(TensorAssert.RelativeNormError(where(compared, expected, none), where(compared, x.grad, none)), 0, tolerance);
    }

    // Returns whether all magnitudes that depend on a pixel differ from zero.
    private static Tensor SeesNoZero(Tensor images, string metric, double zero)
    {
        images = images.to(ScalarType.Float64);
        Tensor colors = images.shape[1] == 1 ? images : ColorSpace.RgbToYiq(images);
        Tensor half = nn.functional.avg_pool2d(nn.functional.pad(colors, [0, images.shape[3] % 2, 0, images.shape[2] % 2]), 2);
        Tensor isZero = zeros_like(half[.., ..1]);
        if (metric == "gmsd")
        {
            Tensor kernel = tensor([-1.0, 0, 1]).expand(1, 1, 3, 3);
            Mark(nn.functional.conv2d(half[.., ..1], kernel, padding: [1L, 1L]).abs()
                + nn.functional.conv2d(half[.., ..1], kernel.transpose(2, 3), padding: [1L, 1L]).abs());
        }
        else
        {
            foreach (int size in new[] { 2, 4, 8 })
            {
                Tensor kernel = ones([1, 1, size, size], ScalarType.Float64) / size;
                kernel[.., .., (size / 2)..] *= -1;
                Tensor padded = nn.functional.pad(half[.., ..1], [(size / 2) - 1, size / 2, (size / 2) - 1, size / 2]);
                Mark(nn.functional.conv2d(padded, kernel));
                Mark(nn.functional.conv2d(padded, kernel.transpose(2, 3)));
            }

            if (colors.shape[1] == 3)
            {
                Mark(nn.functional.avg_pool2d(nn.functional.pad(half[.., 1..], [0, 1, 0, 1]), (2, 2), (1, 1)));
            }
        }

        Tensor seen = nn.functional.max_pool2d(isZero, 9, 1, 4).repeat_interleave(2, 2).repeat_interleave(2, 3);
        return (seen[.., .., ..(int)images.shape[2], ..(int)images.shape[3]] < 0.5).expand_as(images);

        void Mark(Tensor magnitudes) => isZero = maximum(isZero, (magnitudes.abs() < zero).any(1, true).to(ScalarType.Float64));
    }
}
