using Mdf.Data;
using Mdf.Degradations;
using Mdf.Degradations.RealWorld;
using Mdf.Imaging;
using Mdf.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace Mdf.Core.Tests.Degradations;

/// <summary>Compares the random chains of degradations with their published distributions, over 1,000 draws.</summary>
public sealed class RealWorldDegradationTests : IDisposable
{
    private const int Draws = 1000;

    // Drawing takes a second, so all tests share the draws.
    private static readonly Lazy<IReadOnlyList<DrawnStep>[]> Esrgan = new(() => [.. All(RealWorldDegradation.RealEsrgan())]);
    private static readonly Lazy<IReadOnlyList<DrawnStep>[]> Bsrgan = new(() => [.. All(RealWorldDegradation.Bsrgan())]);

    private readonly DisposeScope scope = NewDisposeScope();

    public void Dispose() => scope.Dispose();

    [Theory]
    [InlineData("iso", 0.9 * 0.45, 0.2, 3)]
    [InlineData("aniso", 0.9 * 0.25, 0.2, 3)]
    [InlineData("generalized_iso", 0.9 * 0.12, 0.2, 3)]
    [InlineData("generalized_aniso", 0.9 * 0.03, 0.2, 3)]
    [InlineData("plateau_iso", 0.9 * 0.12, 0.2, 3)]
    [InlineData("plateau_aniso", 0.9 * 0.03, 0.2, 3)]
    [InlineData("sinc", 0.1, Math.PI / 5, Math.PI)]
    [InlineData("iso2", 0.8 * 0.9 * 0.45, 0.2, 1.5)]
    [InlineData("sinc2", 0.8 * 0.1, Math.PI / 5, Math.PI)]
    [InlineData("up", 0.2, 1, 1.5)]
    [InlineData("down", 0.7, 0.15, 1)]
    [InlineData("keep", 0.1, 1, 1)]
    [InlineData("up2", 0.3, 1, 1.2)]
    [InlineData("down2", 0.4, 0.3, 1)]
    [InlineData("keep2", 0.3, 1, 1)]
    [InlineData("gaussian", 0.5 * 0.6, 1, 30)]
    [InlineData("gray gaussian", 0.5 * 0.4, 1, 30)]
    [InlineData("poisson", 0.5 * 0.6, 0.05, 3)]
    [InlineData("gray poisson2", 0.5 * 0.4, 0.05, 2.5)]
    [InlineData("gaussian2", 0.5 * 0.6, 1, 25)]
    [InlineData("jpeg", 1, 30, 95)]
    [InlineData("jpeg2", 1, 30, 95)]
    [InlineData("final sinc", 0.8, Math.PI / 3, Math.PI)]
    [InlineData("last area", 1.0 / 3, 1, 1)]
    public void RealEsrgan_Draws_FollowThePublishedProbabilitiesAndRanges(string kind, double probability, double lowest, double highest) =>
        AssertDrawn(Esrgan.Value, kind, probability, lowest, highest, isUniform: kind != "sinc" && kind != "sinc2");

    [Theory]
    [InlineData("half", 0.25, 2, 2)]
    [InlineData("reduce", 0.75, 1, 8)]
    [InlineData("nearest", 0.25, 0.1, 2.4)]
    [InlineData("size", 1, 1, 1)]
    [InlineData("color noise", 0.4, 2, 25)]
    [InlineData("gray noise", 0.4, 2, 25)]
    [InlineData("mixed noise", 0.2, 2, 25)]
    [InlineData("jpeg", 0.9, 30, 95)]
    [InlineData("final jpeg", 1, 30, 95)]
    public void Bsrgan_Draws_FollowThePublishedProbabilitiesAndRanges(string kind, double probability, double lowest, double highest) =>
        AssertDrawn(Bsrgan.Value, kind, probability, lowest, highest, isUniform: kind is not ("reduce" or "nearest"));

    [Fact]
    public void Bsrgan_Order_IsRandomWithTheFinalSizeAfterTheRandomReduction()
    {
        IReadOnlyList<DrawnStep>[] chains = [.. All(RealWorldDegradation.Bsrgan(2))];
        int noiseFirst = 0;
        foreach (IReadOnlyList<DrawnStep> chain in chains)
        {
            string[] kinds = [.. chain.Select(s => s.Kind)];
            int reduced = Array.FindIndex(kinds, k => k is "reduce" or "nearest"), sized = Array.IndexOf(kinds, "size");
            Assert.True(reduced < sized);
            Assert.Equal(2, kinds.Count(k => k is "iso" or "aniso"));
            Assert.Equal("final jpeg", kinds[^1]);
            noiseFirst += Array.FindIndex(kinds, k => k.EndsWith("noise", StringComparison.Ordinal)) < sized ? 1 : 0;
        }

        // The size is set at the later one of two random places of six.
        Assert.InRange(noiseFirst / (double)Draws, 0.60, 0.74);
    }

    [Theory]
    [InlineData("Real-ESRGAN, x4", 4, 3)]
    [InlineData("Real-ESRGAN, x1", 1, 1)]
    [InlineData("BSRGAN, x4", 4, 1)]
    [InlineData("BSRGAN, x2", 2, 3)]
    public void Apply_Images_GiveTheSizeTheSeedsPixelsAndEightBits(string name, int scale, int channels)
    {
        RealWorldDegradation degradation = name.StartsWith("BSR", StringComparison.Ordinal)
            ? RealWorldDegradation.Bsrgan(scale)
            : RealWorldDegradation.RealEsrgan(scale);
        Assert.Equal(name, degradation.Description);
        Tensor images = cat([.. Enumerable.Range(1, 3).Select(i => SyntheticImage.DeadLeaves(52, 36, seed: i).narrow(1, 0, channels))], 0);
        for (int seed = 0; seed < 6; seed++)
        {
            Tensor spoiled = degradation.Apply(images, new Random(seed));
            Assert.Equal([3, channels, 36 / scale, 52 / scale], spoiled.shape);
            Assert.InRange(spoiled.min().item<float>(), 0, 1);
            Assert.InRange(spoiled.max().item<float>(), 0, 1);
            Tensor levels = spoiled * 255;
            TensorAssert.Near(levels.round(), levels, 1e-4);
            TensorAssert.Near(spoiled, degradation.Apply(images, new Random(seed)), 0);
            Assert.NotEqual(0, (spoiled - degradation.Apply(images, new Random(seed + 100))).abs().max().item<float>());
        }
    }

    [Fact]
    public void Pairs_RealWorld_TrainSuperResolution()
    {
        var source = new ImageList([SyntheticImage.DeadLeaves(96, 80, seed: 1)], "leaves");
        var pairs = new ImagePairs(source, RealWorldDegradation.RealEsrgan(2), scale: 2);
        using PairedBatch batch = pairs.Patches(3, 32, new Random(1));
        Assert.Equal([3, 3, 16, 16], batch.Degraded.shape);
        Assert.Throws<ArgumentOutOfRangeException>("scale", () => RealWorldDegradation.Bsrgan(9));
        Assert.Throws<ArgumentException>("images", () => RealWorldDegradation.Bsrgan().Apply(rand(1, 2, 16, 16), new Random(1)));
        Assert.Throws<ArgumentException>("images", () => RealWorldDegradation.Bsrgan(4).Apply(rand(1, 3, 3, 16), new Random(1)));
    }

    [Fact]
    public void Gaussian_Moments_AreTheSettings()
    {
        var kernel = BlurKernel.Gaussian(61, sigma: 4, otherSigma: 2, angle: Math.PI / 6);
        (double xx, double xy, double yy) = Moments(kernel);
        (double cos, double sin) = (Math.Cos(Math.PI / 6), Math.Sin(Math.PI / 6));
        Assert.Equal((16 * cos * cos) + (4 * sin * sin), xx, 1e-3);
        Assert.Equal((16 * sin * sin) + (4 * cos * cos), yy, 1e-3);
        Assert.Equal((16 - 4) * sin * cos, xy, 1e-3);
        Assert.Equal(BlurKernel.Gaussian(15, 2).Values, BlurKernel.GeneralizedGaussian(15, 1, 2).Values);
    }

    [Fact]
    public void Plateau_Values_FallByTheShape()
    {
        // d = 4 at a distance of two radii: 1 / (1 + 4^shape) of the middle's value.
        IReadOnlyList<double> values = BlurKernel.Plateau(9, shape: 1.5, sigma: 2).Values;
        Assert.Equal(1 / (1 + Math.Pow(4, 1.5)), values[(4 * 9) + 8] / values[(4 * 9) + 4], 1e-12);
    }

    [Fact]
    public void Sinc_Waves_BelowTheCutoffPassAndAboveDoNot()
    {
        var blur = new KernelBlur(BlurKernel.Sinc(61, Math.PI / 2));
        // The kernel is cut off without a window, so that it ripples.
        Assert.InRange(Gain(blur, 0.3 * Math.PI), 0.9, 1.1);
        Assert.InRange(Gain(blur, 0.7 * Math.PI), -0.1, 0.1);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(Math.PI / 2)]
    public void Motion_StraightLine_IsABoxAlongIt(double angle)
    {
        var kernel = BlurKernel.Motion(5, angle);
        Assert.Equal(7, kernel.Size);
        double[] line = [.. Enumerable.Range(0, 7).Select(i => kernel.Values[angle == 0 ? (3 * 7) + i : (i * 7) + 3])];
        Assert.Equal([0, 0.2, 0.2, 0.2, 0.2, 0.2, 0], line.Select(v => Math.Round(v, 12)));
        Assert.Equal(1, kernel.Values.Sum(), 1e-12);
    }

    [Fact]
    public void KernelBlur_Direction_IsThatOfAConvolution()
    {
        // One bright pixel shows the kernel itself; the two channels do not mix.
        Tensor image = zeros(1, 2, 9, 9);
        image[0, 0, 4, 4] = 1;
        var kernel = BlurKernel.Gaussian(5, 2, 0.5, angle: 0.4);
        Tensor blurred = new KernelBlur(kernel).Apply(image, new Random(1));
        Tensor expected = tensor(kernel.Values.Select(v => (float)v).ToArray(), [5, 5]);
        TensorAssert.Near(expected, blurred[0, 0].narrow(0, 2, 5).narrow(1, 2, 5), 1e-7);
        TensorAssert.Near(zeros(9, 9), blurred[0, 1], 0);
        Assert.Throws<ArgumentException>("images", () => new KernelBlur(BlurKernel.Gaussian(21, 2)).Apply(image, new Random(1)));
    }

    [Fact]
    public void PoissonNoise_Variance_GrowsWithBrightness()
    {
        // 256 levels, so that full brightness has 256 photons.
        Tensor ramp = arange(0, 256, ScalarType.Float64, CPU).div(255).reshape(1, 1, 256, 1).expand(1, 1, 256, 2000).contiguous();
        Tensor noise = new PoissonNoise(2, 2).Apply(ramp, new Random(3)) - ramp;
        Tensor variances = noise.var([3]).flatten(), expected = ramp[0, 0, .., 0] * (4 / 256.0);
        Assert.InRange(noise.mean().item<double>(), -1e-3, 1e-3);
        Assert.InRange((variances[64..] / expected[64..]).mean().item<double>(), 0.98, 1.02);
        Assert.Equal(0, variances[0].item<double>());
        Tensor gray = new PoissonNoise(1, 1) { Gray = true }.Apply(full([1, 3, 8, 8], 0.5), new Random(1)) - 0.5;
        TensorAssert.Near(gray[0, 0], gray[0, 2], 0);
        Assert.Throws<ArgumentOutOfRangeException>("lowestScale", () => new PoissonNoise(-1, 1));
        Assert.Throws<ArgumentOutOfRangeException>("highestScale", () => new PoissonNoise(2, 1));
    }

    [Fact]
    public void GaussianNoise_Gray_IsTheSameInAllChannels()
    {
        Tensor noise = new GaussianNoise(25) { Gray = true }.Apply(full([2, 3, 40, 40], 0.5f), new Random(1)) - 0.5f;
        TensorAssert.Near(noise.narrow(1, 0, 1).expand(2, 3, 40, 40), noise, 0);
        Assert.Equal(25 / 255.0, noise.std().item<float>(), 0.005);
    }

    [Fact]
    public void Kernels_BadSettings_AreNamed()
    {
        Assert.Throws<ArgumentOutOfRangeException>("size", () => BlurKernel.Gaussian(4, 1));
        Assert.Throws<ArgumentOutOfRangeException>("sigma", () => BlurKernel.Gaussian(5, 0));
        Assert.Throws<ArgumentOutOfRangeException>("otherSigma", () => BlurKernel.Gaussian(5, 1, -1));
        Assert.Throws<ArgumentOutOfRangeException>("shape", () => BlurKernel.Plateau(5, 0, 1));
        Assert.Throws<ArgumentOutOfRangeException>("cutoff", () => BlurKernel.Sinc(5, 4));
        Assert.Throws<ArgumentOutOfRangeException>("length", () => BlurKernel.Motion(0, 0));
    }

    private static IEnumerable<IReadOnlyList<DrawnStep>> All(RealWorldDegradation degradation)
    {
        var random = new Random(2);
        return Enumerable.Range(0, Draws).Select(_ => degradation.Draw(random, 64, 64));
    }

    private static void AssertDrawn(
        IReadOnlyList<DrawnStep>[] chains, string kind, double probability, double lowest, double highest, bool isUniform)
    {
        double[] values = [.. chains.SelectMany(c => c).Where(s => s.Kind == kind).Select(s => s.Value)];

        // Four standard deviations of a binomial count, and of a uniform mean.
        double deviation = 4 * Math.Sqrt(probability * (1 - probability) / Draws);
        Assert.InRange(values.Length / (double)Draws, probability - deviation, probability + deviation);
        Assert.All(values, v => Assert.InRange(v, lowest, highest));
        double spread = 4 * (highest - lowest) / Math.Sqrt(12.0 * values.Length);
        if (isUniform)
        {
            Assert.InRange(values.Average(), ((lowest + highest) / 2) - spread, ((lowest + highest) / 2) + spread);
        }
    }

    private static (double XX, double XY, double YY) Moments(BlurKernel kernel)
    {
        int middle = kernel.Size / 2;
        double Sum(Func<int, int, double> of) =>
            kernel.Values.Select((v, i) => v * of((i % kernel.Size) - middle, (i / kernel.Size) - middle)).Sum();
        return (Sum((x, _) => x * x), Sum((x, y) => x * y), Sum((_, y) => y * y));
    }

    private static double Gain(Degradation blur, double frequency)
    {
        using var scope = NewDisposeScope();
        Tensor line = arange(0, 200, ScalarType.Float64, CPU).mul(frequency).cos();
        Tensor wave = line.reshape(1, 1, 1, 200).expand(1, 1, 200, 200).contiguous();
        Tensor seen = blur.Apply(wave, new Random(1))[.., .., 50..150, 50..150], before = wave[.., .., 50..150, 50..150];
        return ((seen * before).sum() / (before * before).sum()).item<double>();
    }
}
