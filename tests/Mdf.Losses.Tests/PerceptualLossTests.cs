using Mdf.Checkpoints;
using Mdf.Metrics;
using Mdf.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace Mdf.Losses.Tests;

/// <summary>
/// Losses without weights that are made of a metric, or compare edges or frequencies. Conformance tests what all losses share.
/// </summary>
public sealed class PerceptualLossTests : IDisposable
{
    private static readonly LossOptions EachImage = new() { Reduction = nn.Reduction.None };

    private readonly DisposeScope scope = NewDisposeScope();

    public void Dispose() => scope.Dispose();

    [Theory]
    [InlineData("rgb", ScalarType.Float32)]
    [InlineData("rgb", ScalarType.Float64)]
    [InlineData("odd", ScalarType.Float32)]
    [InlineData("odd", ScalarType.Float64)]
    [InlineData("gray", ScalarType.Float32)]
    [InlineData("gray", ScalarType.Float64)]
    public void Forward_Photographs_IsPiqs(string pair, ScalarType type)
    {
        using StateDictionary stored = ReferenceData.Open("perceptual.safetensors");
        Tensor x = stored[$"{pair}.x"].to(type), y = stored[$"{pair}.y"].to(type);
        using var haar = new HaarPsiLoss(EachImage);
        using var deviation = new GmsdLoss(EachImage);
        double tolerance = type == ScalarType.Float64 ? 1e-9 : 2e-5;
        TensorAssert.RelativelyNear(1 - stored[$"{pair}.haarpsi"], haar.call(x, y), tolerance);
        TensorAssert.RelativelyNear(stored[$"{pair}.gmsd"], deviation.call(x, y), tolerance);
    }

    [Fact]
    public void HaarPsiLoss_NearlyEqualImages_AreNotLostInFloat32()
    {
        Tensor y = TestImages.Create(1, ScalarType.Float64, 1, 3, 40, 40), x = TestImages.Noisy(y, 1e-3);
        using var loss = new HaarPsiLoss();
        Tensor expected = loss.call(x, y);
        Assert.InRange(expected.item<double>(), 1e-7, 1e-4);
        TensorAssert.RelativelyNear(expected, loss.call(x.to(ScalarType.Float32), y.to(ScalarType.Float32)), 1e-3);
    }

    [Fact]
    public void GrayOrRgbLosses_OtherChannels_AreRefused()
    {
        Tensor x = zeros(1, 2, 32, 32);
        foreach (ImageLoss loss in (ImageLoss[])[new HaarPsiLoss(), new GmsdLoss()])
        {
            using (loss)
            {
                Assert.Contains(
                    "2 channels (shape (1, 2, 32, 32)); expected 1 (grey) or 3 (RGB)",
                    Assert.Throws<ArgumentException>("restored", () => loss.call(x, x)).Message,
                    StringComparison.Ordinal);
            }
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2.5)]
    public void FocalFrequencyLoss_SmallImages_IsThePublishedFormula(double alpha)
    {
        const int Height = 5, Width = 6;
        Tensor y = TestImages.Create(1, ScalarType.Float64, 2, 2, Height, Width), x = TestImages.Noisy(y, 0.4);
        using var loss = new FocalFrequencyLoss(new() { Alpha = alpha, Reduction = nn.Reduction.None });
        double[] expected = [.. Enumerable.Range(0, 2).Select(image => Enumerable.Range(0, 2).Average(channel => Channel(image, channel)))];
        TensorAssert.RelativelyNear(tensor(expected), loss.call(x, y), 1e-12);

        double Channel(int image, int channel)
        {
            double[] difference = [.. (x - y)[image, channel].flatten().data<double>()];
            double[] lengths = [.. Enumerable.Range(0, Height * Width).Select(f => Transform(difference, f / Width, f % Width))];
            return lengths.Average(l => Math.Pow(l / lengths.Max(), alpha) * l * l);
        }

        static double Transform(double[] values, int down, int across)
        {
            System.Numerics.Complex sum = 0;
            for (int i = 0; i < values.Length; i++)
            {
                double turns = ((double)down * (i / Width) / Height) + ((double)across * (i % Width) / Width);
                sum += values[i] * System.Numerics.Complex.FromPolarCoordinates(1, -2 * Math.PI * turns);
            }

            return sum.Magnitude / Math.Sqrt(values.Length);
        }
    }

    [Fact]
    public void FocalFrequencyLoss_AlphaZero_IsTheMeanSquaredDifference()
    {
        Tensor y = TestImages.Create(1, ScalarType.Float64, 2, 3, 17, 20), x = TestImages.Noisy(y, 0.4);
        using var loss = new FocalFrequencyLoss(new() { Alpha = 0 });
        using var squares = new L2Loss();
        TensorAssert.RelativelyNear(squares.call(x, y), loss.call(x, y), 1e-12);
    }

    [Fact]
    public void FocalFrequencyLoss_Gradient_TakesTheWeightsAsConstants()
    {
        Tensor y = TestImages.Create(1, ScalarType.Float64, 1, 1, 12, 13), x = TestImages.Noisy(y, 0.4).requires_grad_(true);
        using var loss = new FocalFrequencyLoss();
        loss.call(x, y).backward();

        Tensor weights = fft.fft2(x.detach() - y).abs();
        weights /= weights.max();
        GradientAssert.IsNumerical(x, Fixed);
        TensorAssert.Near(autograd.grad([Fixed(x)], [x])[0], x.grad!, 1e-15);

        Tensor Fixed(Tensor v) => (weights * fft.fft2(v - y).abs().pow(2)).mean() / (12 * 13);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(17)]
    [InlineData(double.NaN)]
    public void FocalFrequencyLoss_AlphaOutOfRange_NamesIt(double alpha) => Assert.Contains(
        "expected 0 to 16",
        Assert.Throws<ArgumentOutOfRangeException>("options", () => new FocalFrequencyLoss(new() { Alpha = alpha })).Message,
        StringComparison.Ordinal);

    [Fact]
    public void TotalVariationLoss_KnownImages_IsTheDifferenceOfTheirVariations()
    {
        // Differences of neighbours: 0.1 and 0.2 down, 0.3 and 0.4 across.
        Tensor x = tensor([0.0, 0.3, 0.1, 0.5]).reshape(1, 1, 2, 2), y = x * 0.4;
        double variation = ((0.1 + 0.2) / 2) + ((0.3 + 0.4) / 2);
        using var loss = new TotalVariationLoss();
        Assert.Equal(variation * 0.6, loss.call(x, y).item<double>(), 1e-15);
        Assert.Equal(variation, loss.call(x, ones_like(x)).item<double>(), 1e-15);
        Assert.Equal(variation, loss.call(zeros_like(x), x).item<double>(), 1e-15);
    }

    [Fact]
    public void TotalVariationLoss_EachImage_IsComparedAlone()
    {
        // One image has more variation than its reference and one has less, which do not compensate each other.
        Tensor x = tensor([0.0, 1, 0, 1, 0, 0, 0, 0]).reshape(2, 1, 2, 2), y = x.flip(0);
        using var loss = new TotalVariationLoss();
        Assert.Equal(1, loss.call(x, y).item<double>());
    }

    [Fact]
    public void GradientLoss_KnownImages_IsTheMeanOfSobelsDerivatives()
    {
        // A ramp that rises by 0.1 to the right and falls by 0.2 downwards, against a flat image.
        Tensor ramp = (tensor([0.0, 0.1, 0.2, 0.3]) - (tensor([0.0, 0.2, 0.4]).unsqueeze(1) - 0.5)).reshape(1, 1, 3, 4);
        using var loss = new GradientLoss();
        Assert.Equal(0.1 + 0.2, loss.call(ramp, full_like(ramp, 0.7)).item<double>(), 1e-15);

        Tensor y = TestImages.Create(1, ScalarType.Float64, 1, 2, 9, 8), x = TestImages.Noisy(y, 0.4);
        Tensor kernel = tensor([-1.0, 0, 1, -2, 0, 2, -1, 0, 1]).reshape(1, 1, 3, 3) / 8;
        Tensor difference = (x - y).reshape(2, 1, 9, 8);
        Tensor expected = nn.functional.conv2d(difference, kernel).abs().mean()
            + nn.functional.conv2d(difference, kernel.transpose(2, 3)).abs().mean();
        TensorAssert.RelativelyNear(expected, loss.call(x, y), 1e-13);
    }

    [Fact]
    public void Plus_GmsdAndPixels_CountsBoth()
    {
        Tensor y = TestImages.Create(1, ScalarType.Float64, 1, 3, 20, 20), x = TestImages.Noisy(y, 0.2);
        using WeightedLoss sum = new L1Loss().Plus(0.5, new GmsdLoss());
        Tensor expected = (x - y).abs().mean() + (0.5 * Gmsd.Measure(x, y).mean());
        TensorAssert.RelativelyNear(expected, sum.call(x, y), 1e-13);
    }
}
