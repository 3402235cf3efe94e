using Mdf.Imaging;
using TorchSharp;
using static TorchSharp.torch;

namespace Mdf.Core.Tests.Imaging;

public sealed class ImagingDisposalTests
{
    private static readonly ImageReadOptions Stored = new() { ApplyOrientation = false };

    public static TheoryData<string, Func<Tensor>> Producers => new()
    {
        { "read", () => ImageFile.Read(Fixture.PathOf("rgba8.png")) },
        { "read turned", () => ImageFile.Read(Fixture.PathOf("orientation6.jpg")) },
        { "read as stored", () => ImageFile.Read(Fixture.PathOf("orientation6.jpg"), Stored) },
        { "read 16 bits", () => ImageFile.Read(Fixture.PathOf("rgba16.png")) },
        { "bytes", () => ImageTensor.FromPixels(new byte[48], 4, 4) },
        { "ushorts", () => ImageTensor.FromPixels16(new ushort[64], 4, 4, PixelLayout.Bgra32) },
        { "dead leaves", () => SyntheticImage.DeadLeaves(16, 16, 1) },
    };

    [Theory]
    [MemberData(nameof(Producers), DisableDiscoveryEnumeration = true)]
    public void Producer_WithoutScope_LeavesOneTensor(string name, Func<Tensor> produce)
    {
        Assert.NotEmpty(name);
        var before = LiveTensors();

        using (produce())
        {
            Assert.Equal(before + 1, LiveTensors());
        }

        Assert.Equal(before, LiveTensors());
    }

    [Theory]
    [MemberData(nameof(Producers), DisableDiscoveryEnumeration = true)]
    public void Producer_InScope_GivesItsTensorToTheScope(string name, Func<Tensor> produce)
    {
        Assert.NotEmpty(name);
        Tensor image;
        using (NewDisposeScope())
        {
            image = produce();
            Assert.False(image.IsInvalid);
        }

        Assert.True(image.IsInvalid);
    }

    [Fact]
    public void Consumers_LeaveNothingAndTheImageAlive()
    {
        using var image = SyntheticImage.DeadLeaves(16, 16, 1);
        using var gray = image.narrow(1, 0, 1);
        var before = LiveTensors();

        _ = ImageTensor.ToPixels(image, PixelLayout.Bgra32);
        ImageTensor.CopyPixelsTo(gray, new byte[256], PixelLayout.Gray8);
        _ = ImageFile.EncodePng(image);
        _ = ImageFile.EncodeJpeg(gray, 50);
        Assert.Throws<ArgumentException>(() => ImageTensor.ToPixels(image, PixelLayout.Gray8));
        Assert.Throws<ImageFileException>(() => ImageFile.Decode(Fixture.Bytes("rgba16.png").AsSpan(0, 500)));

        Assert.Equal(before, LiveTensors());
        Assert.False(image.IsInvalid);
    }

    private static long LiveTensors() => DisposeScopeManager.Statistics.ThreadTotalLiveCount;
}
