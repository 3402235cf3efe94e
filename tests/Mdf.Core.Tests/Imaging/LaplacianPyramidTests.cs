using Mdf.Imaging;
using Mdf.Testing;
using static TorchSharp.torch;

namespace Mdf.Core.Tests.Imaging;

public sealed class LaplacianPyramidTests
{
    [Theory]
    [InlineData(32, 32, 6)]
    [InlineData(37, 21, 5)]
    [InlineData(2, 9, 2)]
    [InlineData(5, 5, 1)]
    public void BuildThenCollapse_AnySize_GivesTheImagesBack(int height, int width, int levels)
    {
        using var scope = NewDisposeScope();
        Tensor images = rand(2, 3, height, width, ScalarType.Float64);
        IReadOnlyList<Tensor> pyramid = LaplacianPyramid.Build(images, levels);

        Assert.Equal(levels, pyramid.Count);
        TensorAssert.Near(images, LaplacianPyramid.Collapse(pyramid), 1e-15);
    }

    [Fact]
    public void Build_OddSize_HalvesRoundingUp()
    {
        using var scope = NewDisposeScope();
        IReadOnlyList<Tensor> pyramid = LaplacianPyramid.Build(rand(2, 1, 37, 22), 4);
        Assert.Equal([[2, 1, 37, 22], [2, 1, 19, 11], [2, 1, 10, 6], [2, 1, 5, 3]], pyramid.Select(level => level.shape));
    }

    [Fact]
    public void Build_Constant_LeavesAllInTheSmallImage()
    {
        using var scope = NewDisposeScope();
        IReadOnlyList<Tensor> pyramid = LaplacianPyramid.Build(full([1, 1, 19, 12], 0.3, ScalarType.Float64), 4);
        Assert.All(pyramid.SkipLast(1), level => TensorAssert.Near(zeros_like(level), level, 1e-15));
        TensorAssert.Near(full_like(pyramid[^1], 0.3), pyramid[^1], 1e-15);
    }

    [Fact]
    public void Build_Impulse_GivesTheKernelOfBurtAndAdelson()
    {
        using var scope = NewDisposeScope();
        Tensor image = zeros(1, 1, 1, 16, ScalarType.Float64);
        image[0, 0, 0, 6] = 256;
        Tensor rows = image.expand(1, 1, 16, 16);

        IReadOnlyList<Tensor> pyramid = LaplacianPyramid.Build(rows, 2);

        TensorAssert.Near(tensor([0.0, 0, 16, 96, 16, 0, 0, 0]), pyramid[1][0, 0, 4], 1e-12);
        double[] expanded = [0, 0, 2, 8, 24, 56, 76, 56, 24, 8, 2, 0, 0, 0, 0, 0];
        TensorAssert.Near(tensor(expanded), (rows - pyramid[0])[0, 0, 8], 1e-12);
    }

    [Theory]
    [InlineData(1, 9, 1)]
    [InlineData(2, 9, 2)]
    [InlineData(9, 9, 5)]
    [InlineData(96, 300, 8)]
    public void LargestLevelCount_Size_HalvesTheShorterSideToOne(int height, int width, int expected)
    {
        using var scope = NewDisposeScope();
        Assert.Equal(expected, LaplacianPyramid.LargestLevelCount(height, width));
        Assert.Equal(1, LaplacianPyramid.Build(rand(1, 1, height, width), expected)[^1].shape[2..].Min());
    }

    [Fact]
    public void BuildAndCollapse_Gradient_IsOneToOne()
    {
        using var scope = NewDisposeScope();
        Tensor images = rand(1, 1, 9, 8, ScalarType.Float64).requires_grad_();
        Tensor weights = rand(1, 1, 9, 8, ScalarType.Float64);
        (LaplacianPyramid.Collapse(LaplacianPyramid.Build(images, 3)) * weights).sum().backward();
        TensorAssert.Near(weights, images.grad!, 1e-14);
    }

    [Fact]
    public void BuildAndCollapse_Disposed_LeaveNoTensor()
    {
        using Tensor images = rand(1, 3, 12, 9);
        LiveTensors.AssertNoneLeft(() =>
        {
            IReadOnlyList<Tensor> pyramid = LaplacianPyramid.Build(images, 3);
            LaplacianPyramid.Collapse(pyramid).Dispose();
            foreach (Tensor level in pyramid)
            {
                level.Dispose();
            }
        });
        Assert.False(images.IsInvalid);
    }

    [Fact]
    public void BuildAndCollapse_IllegalArguments_AreNamed()
    {
        using var scope = NewDisposeScope();
        Tensor images = rand(1, 3, 8, 9);
        Assert.Throws<ArgumentOutOfRangeException>("levels", () => LaplacianPyramid.Build(images, 0));
        Assert.Contains(
            "Expected 1 to 4",
            Assert.Throws<ArgumentOutOfRangeException>("levels", () => LaplacianPyramid.Build(images, 5)).Message,
            StringComparison.Ordinal);
        Assert.Throws<ArgumentException>("images", () => LaplacianPyramid.Build(images[0], 2));
        Assert.Throws<ArgumentException>("pyramid", () => LaplacianPyramid.Collapse([]));
        Assert.Contains(
            "(1, 3, 4, 5)",
            Assert.Throws<ArgumentException>("pyramid", () => LaplacianPyramid.Collapse([images, images])).Message,
            StringComparison.Ordinal);
        Assert.Throws<ArgumentNullException>("pyramid[1]", () => LaplacianPyramid.Collapse([images, null!]));
    }
}
