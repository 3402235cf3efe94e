using Mdf.Training.Discriminators;

namespace Mdf.Training.Tests.Discriminators;

public sealed class PyramidSizesTests
{
    [Fact]
    public void Of_SinGansRuleOnABerkeleyPhoto_GivesEightScales()
    {
        (int Height, int Width)[] sizes = PyramidSizes.Of(321, 481, new DiscriminatorTrainingOptions { ScaleCount = null });
        Assert.Equal([(25, 38), (33, 50), (44, 65), (57, 85), (75, 111), (98, 146), (128, 191), (167, 250)], sizes);
    }

    [Theory]
    [InlineData(321, 481)]
    [InlineData(481, 321)]
    [InlineData(25, 25)]
    [InlineData(60, 1000)]
    [InlineData(4000, 3000)]
    public void Of_EightScales_GrowFromTheMinimumToTheMaximum(int height, int width)
    {
        var options = new DiscriminatorTrainingOptions { MaximumSide = 417, MinimumSide = 25 };
        (int Height, int Width)[] sizes = PyramidSizes.Of(height, width, options);
        Assert.Equal(8, sizes.Length);
        Assert.Equal(25, Math.Min(sizes[0].Height, sizes[0].Width));
        Assert.Equal(Math.Min(417, Math.Max(height, width)), Math.Max(sizes[^1].Height, sizes[^1].Width));
        Assert.All(
            sizes.Zip(sizes.Skip(1)),
            pair => Assert.True(pair.First.Height <= pair.Second.Height && pair.First.Width <= pair.Second.Width));
        Assert.All(sizes, s => Assert.InRange(s.Height - ((double)s.Width * height / width), -2.0 * height / width, 2));
    }

    [Fact]
    public void Of_OneScale_IsTheImage() =>
        Assert.Equal([(40, 30)], PyramidSizes.Of(40, 30, new DiscriminatorTrainingOptions { ScaleCount = 1 }));
}
