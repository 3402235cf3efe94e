using Mdf.Degradations;
using static TorchSharp.torch;

namespace Mdf.Core.Tests.Degradations;

public sealed class GaussianNoiseTests
{
    [Theory]
    [InlineData(15, ScalarType.Float32)]
    [InlineData(50, ScalarType.Float64)]
    public void Apply_Sigma_IsThatOfTheNoise(double sigma, ScalarType type)
    {
        using var scope = NewDisposeScope();
        Tensor images = full([2, 3, 200, 200], 0.5, type);
        Tensor noise = (new GaussianNoise(sigma).Apply(images, new Random(1)) - images).to(ScalarType.Float64) * 255;

        // With 240,000 values the standard error of the deviation is 0.15 %, of the mean 0.2 % and of the fourth moment 0.4 %.
        double deviation = noise.std().item<double>();
        Assert.InRange(deviation / sigma, 0.994, 1.006);
        Assert.InRange(noise.mean().item<double>() / sigma, -0.009, 0.009);
        Assert.InRange((noise / deviation).pow(4).mean().item<double>(), 2.95, 3.05);
    }

    [Fact]
    public void Apply_Noise_IsWhiteInSpaceAndColor()
    {
        using var scope = NewDisposeScope();
        Tensor noise = new GaussianNoise(255).Apply(zeros(1, 3, 200, 200), new Random(1))[0];
        Assert.InRange((noise[.., .., 1..] * noise[.., .., ..^1]).mean().item<float>(), -0.02, 0.02);
        Assert.InRange((noise[.., 1.., ..] * noise[.., ..^1, ..]).mean().item<float>(), -0.02, 0.02);
        Assert.InRange((noise[0] * noise[1]).mean().item<float>(), -0.02, 0.02);
    }

    [Fact]
    public void Apply_Range_DrawsASigmaForEachImage()
    {
        using var scope = NewDisposeScope();
        Tensor noise = new GaussianNoise(0, 55).Apply(zeros(200, 1, 32, 32), new Random(1)) * 255;
        Tensor sigmas = noise.std([1, 2, 3]);
        Assert.InRange(sigmas.min().item<float>(), 0, 2);
        Assert.InRange(sigmas.max().item<float>(), 52, 58);
        Assert.InRange(sigmas.mean().item<float>(), 25, 30);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Apply_Clip_KeepsValuesInRange(bool clip)
    {
        using var scope = NewDisposeScope();
        Tensor result = new GaussianNoise(50) { Clip = clip }.Apply(Images.Two(), new Random(1));
        Assert.Equal(clip, result.min().item<float>() >= 0);
        Assert.Equal(clip, result.max().item<float>() <= 1);
    }

    [Fact]
    public void Description_Settings_AreAllNamed()
    {
        Assert.Equal("Gaussian noise, sigma 25", new GaussianNoise(25).Description);
        Assert.Equal("Gaussian noise, sigma 0.5 to 55, clipped", new GaussianNoise(0.5, 55) { Clip = true }.Description);
    }

    [Theory]
    [InlineData(-1, 5, "lowestSigma")]
    [InlineData(double.NaN, 5, "lowestSigma")]
    [InlineData(5, 4, "highestSigma")]
    [InlineData(5, double.PositiveInfinity, "highestSigma")]
    public void Constructor_SigmaOutOfRange_NamesTheArgument(double lowest, double highest, string name)
        => Assert.Throws<ArgumentOutOfRangeException>(name, () => new GaussianNoise(lowest, highest));
}
