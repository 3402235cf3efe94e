using Mdf.Metrics;
using Mdf.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace Mdf.Core.Tests.Metrics;

/// <summary>Tests rules that every metric without weights keeps. A new metric joins by a line in <see cref="All"/>.</summary>
public sealed class PerceptualMetricTests : IDisposable
{
    private static readonly Dictionary<string, Metric> All = new()
    {
        ["HaarPSI"] = new(HaarPsi.Measure, 1, HaarPsi.MinimumSide),
        ["GMSD"] = new(Gmsd.Measure, 0, Gmsd.MinimumSide),
        ["MS-GMSD"] = new(MultiScaleGmsd.Measure, 0, MultiScaleGmsd.MinimumSide),
        ["VIF"] = new(VisualInformationFidelity.Measure, 1, VisualInformationFidelity.MinimumSide) { IdentityTolerance = 1e-5 },
        ["FSIM"] = new(FeatureSimilarity.Measure, 1, FeatureSimilarity.MinimumSide),
        ["FSIMc"] = new(FeatureSimilarity.MeasureColor, 1, FeatureSimilarity.MinimumSide) { TakesGray = false },
    };

    private readonly DisposeScope scope = NewDisposeScope();

    public static TheoryData<string> Names => [.. All.Keys];

    public void Dispose() => scope.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public void Measure_SameImages_IsBestWithFiniteGradient(string name)
    {
        Metric metric = All[name];
        foreach (ScalarType type in new[] { ScalarType.BFloat16, ScalarType.Float32, ScalarType.Float64 })
        {
            Tensor y = TestImages.Create(1, 2, 3, 53, 48).to(type), x = y.clone().requires_grad_(true);
            Tensor values = metric.Measure(x, y, null);
            values.mean().backward();
            Assert.Equal(ScalarType.Float64, values.dtype);
            TensorAssert.Near(full_like(values, metric.Best), values, metric.IdentityTolerance);
            TensorAssert.Near(full_like(values, metric.Best), metric.Measure(y.clone(), y, null), metric.IdentityTolerance);
            AssertFinite(x.grad!, name);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Measure_StrongerNoise_IsWorse(string name)
    {
        Tensor y = TestImages.Create(1, 1, 3, 64, 64);
        Tensor[] noisy = [.. new[] { 0, 0.05, 0.1, 0.2, 0.4 }.Select(strength => TestImages.Noisy(y, strength))];
        double[] values = [.. noisy.Select(x => All[name].Measure(x, y, null).item<double>())];
        double[] expected = [.. All[name].Best == 0 ? values.Order() : values.OrderDescending()];
        Assert.Equal(expected.Distinct(), values);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Measure_ExtremeImages_IsFiniteWithFiniteGradients(string name)
    {
        Metric metric = All[name];
        foreach (int side in new[] { metric.MinimumSide, 52 })
        {
            long[] shape = [1, 3, side, side + 1];
            Tensor noise = TestImages.Create(1, shape);
            var images = new Dictionary<string, Tensor>
            {
                ["black"] = zeros(shape, ScalarType.Float64),
                ["white"] = ones(shape, ScalarType.Float64),
                ["grey"] = full(shape, 0.3, ScalarType.Float64),
                ["noise"] = noise,
                ["nearly the noise"] = TestImages.Noisy(noise, 1e-9),
                ["dark noise"] = noise * 1e-12,
                ["checks"] = ((arange(side).unsqueeze(1) + arange(side + 1)) % 2).expand(shape).to(ScalarType.Float64),
            };
            foreach ((string restored, Tensor image) in images)
            {
                foreach ((string reference, Tensor other) in images)
                {
                    Tensor x = image.clone().requires_grad_(true), y = other.clone().requires_grad_(true);
                    Tensor value = metric.Measure(x, y, null);
                    value.sum().backward();
                    string pair = $"{restored} against {reference}, {side} pixels";
                    AssertFinite(value, pair);
                    AssertFinite(x.grad!, $"gradient of {pair}");
                    AssertFinite(y.grad!, $"reference's gradient of {pair}");
                    Assert.True(value.item<double>() >= 0, pair);
                    TensorAssert.Near(value.detach(), metric.Measure(image, other, null), 1e-9);
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Measure_NaNInAnImage_IsNaNForThatImage(string name)
    {
        Tensor y = TestImages.Create(1, 2, 3, 50, 60), x = TestImages.Noisy(y, 0.2), spoiled = x.clone();
        spoiled[1, 0, 20, 30] = double.NaN;
        Assert.Equal([false, true], All[name].Measure(spoiled, y, null).isnan().data<bool>());
        Assert.Equal([false, true], All[name].Measure(x, spoiled, null).isnan().data<bool>());
        Assert.Equal([false, true], All[name].Measure(spoiled.requires_grad_(true), y, null).isnan().data<bool>());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Measure_EachImage_IsAsAlone(string name)
    {
        Tensor y = TestImages.Create(1, 3, 3, 50, 60), x = TestImages.Noisy(y, 0.2);
        Tensor together = All[name].Measure(x, y, null);
        Assert.Equal([3], together.shape);
        TensorAssert.RelativelyNear(together[1..2], All[name].Measure(x[1..2], y[1..2], null), 1e-13);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Measure_Differentiated_HasTheNumericalGradient(string name)
    {
        Tensor y = TestImages.Create(1, 1, 3, 46, 45), x = TestImages.Noisy(y, 0.3);
        AssertNumerical(x, v => All[name].Measure(v, y, null));
        AssertNumerical(y, v => All[name].Measure(x, v, null));

        static void AssertNumerical(Tensor at, Func<Tensor, Tensor> function)
        {
            Tensor point = at.clone().requires_grad_(true);
            Tensor gradient = autograd.grad([function(point).sum()], [point])[0];
            Tensor direction = TestImages.Create(7, at.shape) - 0.5;
            using var none = no_grad();
            double numerical = (function(at + (1e-6 * direction)) - function(at - (1e-6 * direction))).item<double>() / 2e-6;
            double expected = (gradient * direction).sum().item<double>();
            Assert.InRange(numerical, expected - (1e-4 * Math.Abs(expected)) - 1e-8, expected + (1e-4 * Math.Abs(expected)) + 1e-8);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Measure_Options_ReachTheFormula(string name)
    {
        Metric metric = All[name];
        Tensor y = TestImages.Create(1, 1, 3, 62, 61), x = TestImages.Noisy(y, 0.3);
        TensorAssert.RelativelyNear(
            metric.Measure(x[.., .., 4..58, 4..57], y[.., .., 4..58, 4..57], null), metric.Measure(x, y, new() { CropBorder = 4 }), 1e-12);
        TensorAssert.RelativelyNear(metric.Measure(x, y, null), metric.Measure(x * 255, y * 255, new() { DataRange = 255 }), 1e-10);
        Tensor rounded = (x * 255).round() / 255, roundedY = (y * 255).round() / 255;
        TensorAssert.RelativelyNear(metric.Measure(rounded, roundedY, null), metric.Measure(x, y, new() { RoundToBytes = true }), 1e-10);
        if (metric.TakesGray)
        {
            var luma = new MetricOptions { Channels = MetricChannels.Luma };
            TensorAssert.RelativelyNear(
                metric.Measure(MetricImages.Values(x, luma), MetricImages.Values(y, luma), null), metric.Measure(x, y, luma), 1e-12);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Measure_LargeImages_AreThoseOfTheWhole(string name)
    {
        Metric metric = All[name];
        Tensor y = rand(1, 3, 1203, 1001, generator: new Generator(1));
        Tensor x = (y + (0.1 * randn(y.shape, generator: new Generator(2)))).clamp(0, 1);
        x[.., .., 400.., ..] *= 0.5f;
        Tensor whole = metric.Measure(x.clone().requires_grad_(true), y, null).detach();
        TensorAssert.RelativelyNear(whole, metric.Measure(x, y, null), 1e-11);
        if (metric.TakesGray)
        {
            Tensor wholeGray = metric.Measure(x[.., ..1].clone().requires_grad_(true), y[.., ..1], null).detach();
            TensorAssert.RelativelyNear(wholeGray, metric.Measure(x[.., ..1], y[.., ..1], null), 1e-11);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Measure_Misused_NamesArgumentGotAndExpected(string name)
    {
        Metric metric = All[name];
        Tensor x = zeros(1, 3, 64, 64);
        AssertRefused("restored", "expected four dimensions", x[0], x[0]);
        AssertRefused("restored", "2 channels (shape (1, 2, 64, 64)); expected 1 (grey) or 3 (RGB)", x[.., ..2], x[.., ..2]);
        AssertRefused("reference", "(1, 3, 64, 63); expected (1, 3, 64, 64)", x, x[.., .., .., ..63]);
        AssertRefused("restored", "Int64", x.to(ScalarType.Int64), x.to(ScalarType.Int64));
        long least = metric.MinimumSide;
        AssertRefused("restored", $"expected at least {least}", x[.., .., .., ..(int)(least - 1)], x[.., .., .., ..(int)(least - 1)]);
        int crop = (int)((64 - least) / 2) + 1;
        AssertRefused("restored", $"after a CropBorder of {crop}; expected at least {least}", x, x, new() { CropBorder = crop });
        metric.Measure(x[.., .., ..(int)least, ..(int)least], x[.., .., ..(int)least, ..(int)least], null);
        Assert.Throws<ArgumentNullException>("restored", () => metric.Measure(null!, x, null));
        Assert.Throws<ArgumentNullException>("reference", () => metric.Measure(x, null!, null));
        if (!metric.TakesGray)
        {
            AssertRefused("restored", "1 channels; expected 3 (RGB)", x[.., ..1], x[.., ..1]);
            AssertRefused("options", "Channels is Luma; expected All", x, x, new() { Channels = MetricChannels.Luma });
        }

        void AssertRefused(string argument, string said, Tensor restored, Tensor reference, MetricOptions? options = null) =>
            Assert.Contains(
                said,
                Assert.Throws<ArgumentException>(argument, () => metric.Measure(restored, reference, options)).Message,
                StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Measure_Disposed_LeavesNoTensor(string name)
    {
        Metric metric = All[name];
        Tensor y = TestImages.Create(1, 2, 3, 48, 48), x = TestImages.Noisy(y, 0.2), learned = x.clone().requires_grad_(true);
        LiveTensors.AssertNoneLeft(() =>
        {
            metric.Measure(x, y, null).Dispose();
            metric.Measure(learned, y, null).Dispose();
            Assert.ThrowsAny<ArgumentException>(() => metric.Measure(x, y, new() { CropBorder = 30 }));
        });
    }

    private static void AssertFinite(Tensor tensor, string what) => Assert.True(tensor.isfinite().all().item<bool>(), what);

    private sealed record Metric(Func<Tensor, Tensor, MetricOptions?, Tensor> Measure, double Best, int MinimumSide)
    {
        public double IdentityTolerance { get; init; }

        public bool TakesGray { get; init; } = true;
    }
}
