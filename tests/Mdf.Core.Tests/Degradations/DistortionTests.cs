using Mdf.Degradations;
using Mdf.Imaging;
using Mdf.Testing;
using static TorchSharp.torch;

namespace Mdf.Core.Tests.Degradations;

/// <summary>Tests the degradations without randomness, and the scrambled pyramid.</summary>
public sealed class DistortionTests
{
    [Fact]
    public void GaussianBlur_Impulse_GivesTheGaussian()
    {
        using var scope = NewDisposeScope();
        Tensor image = zeros(1, 1, 31, 31, ScalarType.Float64);
        image[0, 0, 15, 15] = 1;

        Tensor blurred = Spoil(new GaussianBlur(1.7), image)[0, 0];

        Assert.Equal(1, blurred.sum().item<double>(), 1e-12);
        Tensor squares = (arange(31) - 15).to(ScalarType.Float64).square();
        Assert.Equal(1.7 * 1.7, (blurred.sum([0]) * squares).sum().item<double>(), 0.005);
        Assert.Equal(1.7 * 1.7, (blurred.sum([1]) * squares).sum().item<double>(), 0.005);
        Assert.Equal(Math.Exp(-(4 + 9) / (2 * 1.7 * 1.7)), (blurred[17, 12] / blurred[15, 15]).item<double>(), 1e-12);
    }

    [Fact]
    public void GaussianBlur_Zero_ChangesNothing()
    {
        using var scope = NewDisposeScope();
        TensorAssert.Equal(Images.Two(), Spoil(new GaussianBlur(0), Images.Two()));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void BicubicDownsampling_Factor_IsThatOfResize(int factor)
    {
        using var scope = NewDisposeScope();
        Tensor images = SyntheticImage.DeadLeaves(25, 30, 1);
        Tensor result = Spoil(new BicubicDownsampling(factor), images);
        Assert.Equal([1, 3, (30 + factor - 1) / factor, (25 + factor - 1) / factor], result.shape);
        TensorAssert.Equal(Resize.Bicubic(images, 1.0 / factor), result);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void BicubicDownUp_AnySize_KeepsItAndEveryPlace(int factor)
    {
        using var scope = NewDisposeScope();
        Tensor images = full([1, 3, 29, 31], 0.4);
        TensorAssert.Near(images, Spoil(new BicubicDownUp(factor), images), 1e-6);

        // A shift of the image would change the centre of mass of a smooth spot.
        Tensor places = arange(61).to(ScalarType.Float64);
        Tensor spot = (-(places - 30).square() / 50).exp().expand(1, 1, 8, 61);
        Tensor after = Spoil(new BicubicDownUp(factor), spot)[0, 0, 4];
        Assert.Equal(30, ((after * places).sum() / after.sum()).item<double>(), 1e-2);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void DownUpBlur_Default_IsBilinearByFour(bool antialias)
    {
        using var scope = NewDisposeScope();
        Tensor images = SyntheticImage.DeadLeaves(25, 30, 1);
        Tensor expected = Resize.Bilinear(Resize.Bilinear(images, 8, 7, antialias), 30, 25);
        TensorAssert.Equal(expected, Spoil(new DownUpBlur { Antialias = antialias }, images));
    }

    [Fact]
    public void SinusoidalGrating_OnGrey_IsTheSine()
    {
        using var scope = NewDisposeScope();
        Tensor result = Spoil(new SinusoidalGrating(0.2, 8, 30), full([2, 3, 20, 24], 0.5, ScalarType.Float64));
        Assert.Equal(0.5, result[1, 2, 0, 0].item<double>(), 1e-15);
        double phase = 2 * Math.PI * ((5 * Math.Sqrt(0.75)) + (7 * 0.5)) / 8;
        Assert.Equal(0.5 + (0.2 * Math.Sin(phase)), result[1, 2, 7, 5].item<double>(), 1e-12);
    }

    [Theory]
    [InlineData(0, 3)]
    [InlineData(90, 2)]
    public void SinusoidalGrating_Orientation_IsTheDirectionItVariesIn(double orientation, int varying)
    {
        using var scope = NewDisposeScope();
        Tensor result = Spoil(new SinusoidalGrating(0.2, 8, orientation), full([1, 1, 16, 16], 0.5));
        Assert.InRange(result.std(varying).min().item<float>(), 0.1, 0.2);
        Assert.InRange(result.std(5 - varying).max().item<float>(), 0, 1e-6);
    }

    [Fact]
    public void ContrastChange_Factor_ScalesDeviationsAndKeepsTheMeanColor()
    {
        using var scope = NewDisposeScope();
        Tensor images = Images.Two(), result = Spoil(new ContrastChange(0.6), images);
        TensorAssert.Near(images.mean([2, 3]), result.mean([2, 3]), 1e-6);
        TensorAssert.Near(images.std([2, 3]) * 0.6, result.std([2, 3]), 1e-6);
    }

    [Fact]
    public void BrightnessChange_Offset_IsAdded()
    {
        using var scope = NewDisposeScope();
        TensorAssert.Near(Images.Two() - 0.25, Spoil(new BrightnessChange(-0.25), Images.Two()), 1e-7);
    }

    [Fact]
    public void Clip_Distortions_KeepsValuesInRange()
    {
        using var scope = NewDisposeScope();
        (Degradation Open, Degradation Clipped)[] pairs =
        [
            (new SinusoidalGrating(0.8), new SinusoidalGrating(0.8) { Clip = true }),
            (new ContrastChange(5), new ContrastChange(5) { Clip = true }),
            (new BrightnessChange(0.7), new BrightnessChange(0.7) { Clip = true }),
        ];
        Assert.All(pairs, pair =>
        {
            Tensor open = Spoil(pair.Open, Images.Two());
            Assert.False(Images.AreSame(open.clamp(0, 1), open));
            TensorAssert.Equal(open.clamp(0, 1), Spoil(pair.Clipped, Images.Two()));
            Assert.EndsWith(", clipped", pair.Clipped.Description, StringComparison.Ordinal);
        });
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.3)]
    [InlineData(1.5)]
    public void Blend_Weight_ScalesTheErrors(double weight)
    {
        using var scope = NewDisposeScope();
        Tensor images = Images.Two().to(ScalarType.Float64);
        Tensor errors = Spoil(new GaussianBlur(2), images) - images;
        TensorAssert.Near(errors * weight, Spoil(new Blend(new GaussianBlur(2), weight), images) - images, 1e-15);
    }

    [Fact]
    public void Blend_OfAnotherSize_Throws()
    {
        using var scope = NewDisposeScope();
        var error = Assert.Throws<InvalidOperationException>(() => Spoil(new Blend(new BicubicDownsampling(2), 0.5), Images.Two()));
        Assert.Contains("from 24 x 32 to 12 x 16 pixels", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ScrambledLaplacianPyramid_OneLevel_PermutesPixels()
    {
        using var scope = NewDisposeScope();
        Tensor image = Images.Two().narrow(0, 0, 1);
        Tensor result = Spoil(new ScrambledLaplacianPyramid(1), image);

        Assert.False(Images.AreSame(image, result));
        Assert.Equal(Pixels(image).Order(), Pixels(result).Order());

        static IEnumerable<(float Red, float Green, float Blue)> Pixels(Tensor image)
        {
            float[][] planes = [.. image[0].split(1).Select(plane => plane.contiguous().data<float>().ToArray())];
            return planes[0].Select((red, i) => (red, planes[1][i], planes[2][i]));
        }
    }

    [Fact]
    public void ScrambledLaplacianPyramid_Levels_KeepsTheMomentsOfEach()
    {
        using var scope = NewDisposeScope();
        Tensor image = SyntheticImage.DeadLeaves(64, 64, 1);
        Tensor scrambled = Spoil(new ScrambledLaplacianPyramid(4), image);

        // Levels are shuffled separately, so the mean stays the same and each scale keeps roughly its energy.
        Assert.Equal(image.mean().item<float>(), scrambled.mean().item<float>(), 0.02f);
        double before = LaplacianPyramid.Build(image, 2)[0].std().item<float>();
        double after = LaplacianPyramid.Build(scrambled, 2)[0].std().item<float>();
        Assert.InRange(after / before, 0.5, 1.5);
        Assert.InRange(Correlation(image, scrambled), -0.3, 0.3);
    }

    [Fact]
    public void Constructors_ValueOutOfRange_NameTheArgument()
    {
        Assert.Throws<ArgumentOutOfRangeException>("sigma", () => new GaussianBlur(-1));
        Assert.Throws<ArgumentOutOfRangeException>("factor", () => new BicubicDownsampling(1));
        Assert.Throws<ArgumentOutOfRangeException>("factor", () => new BicubicDownUp(0));
        Assert.Throws<ArgumentOutOfRangeException>("factor", () => new DownUpBlur(-4));
        Assert.Throws<ArgumentOutOfRangeException>("amplitude", () => new SinusoidalGrating(-0.1));
        Assert.Throws<ArgumentOutOfRangeException>("period", () => new SinusoidalGrating(0.1, 1.9));
        Assert.Throws<ArgumentOutOfRangeException>("orientation", () => new SinusoidalGrating(0.1, 8, double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>("factor", () => new ContrastChange(-0.1));
        Assert.Throws<ArgumentOutOfRangeException>("offset", () => new BrightnessChange(1.1));
        Assert.Throws<ArgumentOutOfRangeException>("weight", () => new Blend(new NoDegradation(), -1));
        Assert.Throws<ArgumentNullException>("degradation", () => new Blend(null!, 1));
        Assert.Throws<ArgumentOutOfRangeException>("levels", () => new ScrambledLaplacianPyramid(0));
    }

    private static Tensor Spoil(Degradation degradation, Tensor images) => degradation.Apply(images, new Random(1));

    private static double Correlation(Tensor one, Tensor other)
        => ((one - one.mean()) * (other - other.mean())).mean().item<float>() / (one.std() * other.std()).item<float>();
}
