using System.Drawing;
using Mdf.Imaging;

namespace Mdf.Core.Tests.Imaging;

public sealed class ImageReadOptionsTests
{
    [Fact]
    public void Defaults_AreTheDocumentedOnes()
    {
        var options = new ImageReadOptions();

        Assert.Equal(Color.White, options.Background);
        Assert.True(options.ApplyOrientation);
        Assert.Equal(268_435_456, options.MaximumPixels);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(ImageReadOptions.LargestMaximumPixels + 1)]
    public void MaximumPixels_OutOfRange_Throws(int value)
        => Assert.Throws<ArgumentOutOfRangeException>("MaximumPixels", () => new ImageReadOptions { MaximumPixels = value });

    [Fact]
    public void Background_Transparent_Throws()
        => Assert.Throws<ArgumentException>("Background", () => new ImageReadOptions { Background = Color.FromArgb(254, 1, 2, 3) });
}
