using Mdf.Degradations;
using Mdf.Imaging;
using Mdf.Testing;
using static TorchSharp.torch;

namespace Mdf.Core.Tests.Degradations;

public sealed class PsnrCalibrationTests
{
    public static TheoryData<string, Func<double, Degradation>, double, double> Families => new()
    {
        { "noise", sigma => new GaussianNoise(sigma), 0, 100 },
        { "clipped noise", sigma => new GaussianNoise(sigma) { Clip = true }, 100, 0 },
        { "blur", sigma => new GaussianBlur(sigma), 0, 20 },
        { "grating", amplitude => new SinusoidalGrating(amplitude), 0, 1 },
        { "contrast down", factor => new ContrastChange(factor), 0, 1 },
        { "contrast up", factor => new ContrastChange(factor), 1, 4 },
        { "brightness", offset => new BrightnessChange(offset), 0, 1 },
        { "blended JPEG", weight => new Blend(new JpegCompression(3), weight), 0, 2 },
    };

    [Theory]
    [MemberData(nameof(Families), DisableDiscoveryEnumeration = true)]
    public void FindStrength_Family_ReachesThePsnr(string name, Func<double, Degradation> family, double from, double to)
    {
        Assert.NotEmpty(name);
        using var scope = NewDisposeScope();
        Tensor images = Images.Two();
        Assert.All([24.0, 30, 40], psnr =>
        {
            CalibratedStrength found = PsnrCalibration.FindStrength(family, images, psnr, from, to, seed: 5);
            Assert.Equal(psnr, found.Psnr, PsnrCalibration.ToleranceDecibels);
            Assert.Equal(found.Psnr, Psnr(family(found.Strength), images, 5), 1e-6);
            Assert.Equal(found, PsnrCalibration.FindStrength(family, images, psnr, from, to, seed: 5));
        });
    }

    [Fact]
    public void FindStrength_KnownAnswer_IsFound()
    {
        using var scope = NewDisposeScope();
        CalibratedStrength found = PsnrCalibration.FindStrength(offset => new BrightnessChange(offset), Images.Two(), 20, 0, 1);
        Assert.Equal(0.1, found.Strength, 1.2e-4);
    }

    [Fact]
    public void FindStrength_InSteps_GivesTheNearestAndItsPsnr()
    {
        using var scope = NewDisposeScope();
        CalibratedStrength found = PsnrCalibration.FindStrength(
            offset => new BrightnessChange(offset < 0.37 ? 0.01 : 0.1),
            Images.Two(),
            35,
            0,
            1);
        Assert.Equal(40, found.Psnr, 1e-3);
        Assert.InRange(found.Strength, 0, 0.37);
    }

    [Theory]
    [InlineData(JpegChromaSubsampling.Samples420)]
    [InlineData(JpegChromaSubsampling.Samples444)]
    public void FindJpegQuality_Psnr_IsTheNearest(JpegChromaSubsampling subsampling)
    {
        using var scope = NewDisposeScope();
        Tensor images = Images.Two();
        double PsnrOf(int quality) => Psnr(new JpegCompression(quality) { Subsampling = subsampling }, images, 0);

        CalibratedStrength found = PsnrCalibration.FindJpegQuality(images, 28, subsampling);

        int quality = (int)found.Strength;
        Assert.Equal(PsnrOf(quality), found.Psnr, 1e-6);
        Assert.All([quality - 1, quality + 1], neighbour => Assert.True(Math.Abs(PsnrOf(neighbour) - 28) >= Math.Abs(found.Psnr - 28)));
    }

    [Fact]
    public void FindStrengthAndFindJpegQuality_LeaveNoTensor()
    {
        using Tensor images = Images.Two();
        LiveTensors.AssertNoneLeft(() =>
        {
            PsnrCalibration.FindStrength(sigma => new GaussianNoise(sigma), images, 30, 0, 50);
            PsnrCalibration.FindJpegQuality(images, 28);
        });
    }

    [Fact]
    public void FindStrength_IllegalArguments_AreNamed()
    {
        using var scope = NewDisposeScope();
        Tensor images = Images.Two();
        static Degradation Brightness(double offset) => new BrightnessChange(offset);
        Assert.Throws<ArgumentNullException>("family", () => PsnrCalibration.FindStrength(null!, images, 20, 0, 1));
        Assert.Throws<ArgumentException>("images", () => PsnrCalibration.FindStrength(Brightness, images[0], 20, 0, 1));
        Assert.Throws<ArgumentOutOfRangeException>("from", () => PsnrCalibration.FindStrength(Brightness, images, 20, double.NaN, 1));
        Assert.Throws<ArgumentOutOfRangeException>(
            "to",
            () => PsnrCalibration.FindStrength(Brightness, images, 20, 0, double.PositiveInfinity));
        Assert.Throws<ArgumentOutOfRangeException>("psnr", () => PsnrCalibration.FindStrength(Brightness, images, double.NaN, 0, 1));
        var error = Assert.Throws<ArgumentOutOfRangeException>("psnr", () => PsnrCalibration.FindStrength(Brightness, images, 50, 0.1, 1));
        Assert.Contains("0.00 to 20.00 dB", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>("psnr", () => PsnrCalibration.FindJpegQuality(images, 90));
        Assert.Throws<InvalidOperationException>(() => PsnrCalibration.FindStrength(_ => new BicubicDownsampling(2), images, 20, 0, 1));
    }

    private static double Psnr(Degradation degradation, Tensor images, int seed)
    {
        using var scope = NewDisposeScope();
        Tensor errors = (degradation.Apply(images, new Random(seed)) - images).to(ScalarType.Float64);
        return -10 * Math.Log10(errors.square().mean().item<double>());
    }
}
