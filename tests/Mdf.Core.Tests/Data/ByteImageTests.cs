using Mdf.Data;
using Mdf.Imaging;
using Mdf.Testing;
using static TorchSharp.torch;

namespace Mdf.Core.Tests.Data;

public sealed class ByteImageTests
{
    [Fact]
    public void Crop_OfAnImage_IsThatPartOfTheTensor()
    {
        using var scope = NewDisposeScope();
        Tensor picture = (SyntheticImage.DeadLeaves(13, 9, seed: 1) * 255).round() / 255;
        ByteImage image = ByteImage.FromTensor(picture);

        Assert.Equal((13, 9, 13 * 9 * 3), (image.Width, image.Height, image.Length));
        TensorAssert.Near(picture, image.ToTensor(), 1e-7);
        TensorAssert.Near(picture.narrow(2, 3, 6).narrow(3, 8, 5), image.Crop(left: 8, top: 3, width: 5, height: 6), 1e-7);
    }

    [Theory]
    [InlineData(-1, 0, 2, 2)]
    [InlineData(0, 0, 0, 2)]
    [InlineData(3, 0, 2, 2)]
    [InlineData(0, 2, 2, 2)]
    public void Crop_OutsideTheImage_IsRefused(int left, int top, int width, int height)
    {
        var image = new ByteImage(new byte[4 * 3 * 3], width: 4, height: 3);
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => image.Crop(left, top, width, height));
        Assert.Contains("inside the image of 4 x 3 pixels", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Constructor_WrongNumberOfBytes_IsRefused()
    {
        var error = Assert.Throws<ArgumentException>(() => new ByteImage(new byte[35], 4, 3));
        Assert.Contains("36 bytes for 4 x 3 pixels, got 35", error.Message, StringComparison.Ordinal);
    }
}
