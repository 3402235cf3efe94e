using Mdf.Checkpoints;
using Mdf.Imaging;
using Mdf.Testing;
using static TorchSharp.torch;

namespace Mdf.Core.Tests.Imaging;

public sealed class ResizeTests
{
    [Theory]
    [InlineData("even", "div2", 0.5)]
    [InlineData("even", "div3", 1 / 3.0)]
    [InlineData("even", "div4", 0.25)]
    [InlineData("odd", "div2", 0.5)]
    [InlineData("odd", "div3", 1 / 3.0)]
    [InlineData("odd", "div4", 0.25)]
    [InlineData("even", "mul2", 2, 33, 27)]
    [InlineData("even", "mul4", 4, 24, 20)]
    [InlineData("odd", "mul2", 2, 33, 27)]
    [InlineData("odd", "mul4", 4, 24, 20)]
    public void Bicubic_Factor_IsThatOfTheReference(
        string image, string name, double factor, int height = int.MaxValue, int width = int.MaxValue)
    {
        using var scope = NewDisposeScope();
        using StateDictionary reference = ReferenceData.Open("imaging.safetensors");
        Tensor pixels = reference[$"{image}.image"];
        pixels = pixels.narrow(0, 0, Math.Min(height, pixels.shape[0])).narrow(1, 0, Math.Min(width, pixels.shape[1]));
        Tensor expected = reference[$"{image}.bicubic_{name}"].permute(2, 0, 1).unsqueeze(0);

        Tensor images = pixels.permute(2, 0, 1).unsqueeze(0).to(ScalarType.Float32) / 255;
        TensorAssert.Near(expected, Resize.Bicubic(images, factor), 2e-5);
        TensorAssert.Near(expected, Resize.Bicubic(images.to(ScalarType.Float64), factor), 1e-9);
    }

    [Theory]
    [InlineData(7, 150, 9, 311)]
    [InlineData(150, 7, 311, 3)]
    [InlineData(300, 2, 131, 5)]
    [InlineData(1, 1, 4, 3)]
    [InlineData(9, 40, 1, 1)]
    public void BicubicAndBilinear_AnySize_AreWhatTheDefinitionSays(int height, int width, int newHeight, int newWidth)
    {
        using var scope = NewDisposeScope();
        Tensor images = Random(2, 1, height, width);
        double[,] values = new double[height, width];
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                values[y, x] = images[1, 0, y, x].item<double>();
            }
        }

        AssertIs(Definition(values, newHeight, newWidth, 4, Keys, antialias: true), Resize.Bicubic(images, newHeight, newWidth));
        AssertIs(Definition(values, newHeight, newWidth, 2, Triangle, antialias: true), Resize.Bilinear(images, newHeight, newWidth));
        AssertIs(
            Definition(values, newHeight, newWidth, 2, Triangle, antialias: false),
            Resize.Bilinear(images, newHeight, newWidth, antialias: false));
    }

    [Fact]
    public void Bicubic_Impulse_GivesTheKernel()
    {
        using var scope = NewDisposeScope();
        Tensor row = zeros(1, 1, 1, 8, ScalarType.Float64);
        row[0, 0, 0, 4] = 1;

        Tensor result = Resize.Bicubic(row, 1, 16).flatten();

        double[] kernel = [-0.0234375, -0.0703125, 0.2265625, 0.8671875, 0.8671875, 0.2265625, -0.0703125, -0.0234375];
        TensorAssert.Near(tensor(kernel), result.narrow(0, 5, 8), 1e-15);
        Assert.Equal(2, result.sum().item<double>(), 1e-12);
    }

    [Theory]
    [InlineData(0.25, 10, 13, 3, 4)]
    [InlineData(1, 10, 13, 10, 13)]
    [InlineData(0.07, 100, 50, 7, 4)]
    [InlineData(1.5, 3, 2, 5, 3)]
    [InlineData(0.001, 3, 2, 1, 1)]
    public void Bicubic_Factor_RoundsSizesUp(double factor, int height, int width, int newHeight, int newWidth)
    {
        using var scope = NewDisposeScope();
        Assert.Equal([2, 3, newHeight, newWidth], Resize.Bicubic(ones(2, 3, height, width), factor).shape);
    }

    [Fact]
    public void Bicubic_SameSize_ChangesNothingAndCopies()
    {
        using var scope = NewDisposeScope();
        Tensor images = Random(1, 3, 6, 5);
        Tensor same = Resize.Bicubic(images, 6, 5);
        TensorAssert.Equal(images, same);
        same.zero_();
        Assert.NotEqual(0, images.abs().sum().item<double>());
    }

    [Fact]
    public void Bilinear_WithoutAntialiasing_IsThatOfPyTorch()
    {
        using var scope = NewDisposeScope();
        Tensor images = Random(2, 3, 17, 30);
        Tensor expected = nn.functional.interpolate(images, [5, 44], mode: InterpolationMode.Bilinear, align_corners: false);
        TensorAssert.Near(expected, Resize.Bilinear(images, 5, 44, antialias: false), 1e-14);
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(3)]
    public void Bicubic_Gradient_IsTheTransposedFilter(double factor)
    {
        using var scope = NewDisposeScope();
        Tensor images = Random(2, 2, 11, 9).requires_grad_();
        Tensor resized = Resize.Bicubic(images, factor);
        Tensor direction = Random(resized.shape);
        (resized * direction).sum().backward();

        // The filter is linear: its transpose G fulfils (G w, v) = (w, F v) for every v.
        Tensor other = Random(images.shape);
        Assert.Equal((direction * Resize.Bicubic(other, factor)).sum().item<double>(), (images.grad! * other).sum().item<double>(), 1e-10);
    }

    [Theory]
    [InlineData(ScalarType.Float16, 1e-3)]
    [InlineData(ScalarType.BFloat16, 8e-3)]
    [InlineData(ScalarType.Float32, 1e-6)]
    public void Bicubic_OtherTypes_KeepTheirTypeAndNearlyTheValues(ScalarType type, double tolerance)
    {
        using var scope = NewDisposeScope();
        Tensor images = SyntheticImage.DeadLeaves(20, 16, 3).to(type);
        Tensor result = Resize.Bicubic(images, 0.5);
        Assert.Equal(type, result.dtype);
        TensorAssert.Near(Resize.Bicubic(images.to(ScalarType.Float64), 0.5), result, tolerance);
    }

    [Fact]
    public void Resize_WithAndWithoutGradient_LeavesNoTensor()
    {
        using Tensor images = rand(1, 3, 12, 300);
        using Tensor learning = rand(1, 3, 12, 10).requires_grad_();
        LiveTensors.AssertNoneLeft(() =>
        {
            Resize.Bicubic(images, 0.5).Dispose();
            Resize.Bicubic(images, 30, 7).Dispose();
            Resize.Bilinear(images, 3, 3).Dispose();
            Resize.Bicubic(learning, 2.0).Dispose();
        });
    }

    [Fact]
    public void Bicubic_IllegalArguments_AreNamed()
    {
        using var scope = NewDisposeScope();
        Tensor images = rand(1, 3, 4, 4);
        Assert.Throws<ArgumentNullException>("images", () => Resize.Bicubic(null!, 2));
        Assert.Contains(
            "(3, 4, 4)",
            Assert.Throws<ArgumentException>("images", () => Resize.Bicubic(images[0], 2)).Message,
            StringComparison.Ordinal);
        Assert.Throws<ArgumentException>("images", () => Resize.Bicubic(zeros(1, 3, 0, 4), 4, 4));
        Assert.Contains(
            "Int64",
            Assert.Throws<ArgumentException>("images", () => Resize.Bilinear(images.to(ScalarType.Int64), 4, 4)).Message,
            StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>("height", () => Resize.Bicubic(images, 0, 4));
        Assert.Throws<ArgumentOutOfRangeException>("width", () => Resize.Bilinear(images, 4, -1));
        Assert.All([0, -1, double.NaN, double.PositiveInfinity], illegal =>
            Assert.Throws<ArgumentOutOfRangeException>("factor", () => Resize.Bicubic(images, illegal)));
    }

    private static Tensor Random(params long[] shape)
    {
        using var generator = new Generator(17, CPU);
        return rand(shape, ScalarType.Float64, generator: generator);
    }

    private static void AssertIs(double[,] expected, Tensor actual)
    {
        Assert.Equal([2, 1, expected.GetLength(0), expected.GetLength(1)], actual.shape);
        TensorAssert.Near(tensor(expected), actual[1, 0], 1e-12);
    }

    // Implements imresize pixel by pixel as its documentation describes, with indices from 1.
    private static double[,] Definition(
        double[,] image, int height, int width, double kernelWidth, Func<double, double> kernel, bool antialias)
    {
        int oldHeight = image.GetLength(0), oldWidth = image.GetLength(1);
        var result = new double[height, width];
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                double sum = 0, weights = 0;
                foreach ((int row, double vertical) in Weights(y + 1, oldHeight, height))
                {
                    foreach ((int column, double horizontal) in Weights(x + 1, oldWidth, width))
                    {
                        sum += vertical * horizontal * image[row - 1, column - 1];
                        weights += vertical * horizontal;
                    }
                }

                result[y, x] = sum / weights;
            }
        }

        return result;

        IEnumerable<(int Index, double Weight)> Weights(int output, int from, int to)
        {
            double scale = (double)to / from;
            double stretched = antialias && scale < 1 ? kernelWidth / scale : kernelWidth;
            double u = (output / scale) + (0.5 * (1 - (1 / scale)));
            int left = (int)Math.Floor(u - (stretched / 2));
            for (int i = left; i <= left + Math.Ceiling(stretched) + 1; i++)
            {
                double distance = (u - i) * kernelWidth / stretched;
                int mirrored = i;
                while (mirrored < 1 || mirrored > from)
                {
                    mirrored = mirrored < 1 ? 1 - mirrored : (2 * from) + 1 - mirrored;
                }

                yield return (mirrored, kernel(distance));
            }
        }
    }

    private static double Keys(double x)
    {
        double t = Math.Abs(x);
        return t <= 1 ? (1.5 * t * t * t) - (2.5 * t * t) + 1 : t <= 2 ? (-0.5 * t * t * t) + (2.5 * t * t) - (4 * t) + 2 : 0;
    }

    private static double Triangle(double x) => Math.Abs(x) < 1 ? 1 - Math.Abs(x) : 0;
}
