using Mdf.Data;
using Mdf.Degradations;
using Mdf.Imaging;
using Mdf.Testing;
using Mdf.TorchCompatibility;
using TorchSharp;
using static TorchSharp.torch;

namespace Mdf.Core.Tests.Data;

public sealed class ImagePairsTests : IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();

    public void Dispose() => scope.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Patches_OfAnyScale_ArePartsOfTheDegradedImage(int scale)
    {
        const int Patches = 40;
        Tensor picture = SyntheticImage.DeadLeaves(61, 50, seed: 2);
        var source = new ImageList([picture], "leaves");
        Degradation degradation = scale == 1 ? new NoDegradation() : new BicubicDownsampling(scale);
        var pairs = new ImagePairs(source, degradation, scale);
        int size = 6 * scale;
        using PairedBatch batch = pairs.Patches(Patches, size, new Random(1));
        Assert.Equal([Patches, 3, size, size], batch.Reference.shape);
        Assert.Equal([Patches, 3, 6, 6], batch.Degraded.shape);

        using PairedBatch whole = pairs.Whole(0, new Random(1))!;
        Assert.Equal([1, 3, 50 / scale * scale, 61 / scale * scale], whole.Reference.shape);
        var places = new HashSet<(long, long, int)>();
        for (int i = 0; i < Patches; i++)
        {
            (long Row, long Column, int Orientation) place = Find(batch.Reference[i].unsqueeze(0), whole.Reference, scale);
            Tensor expected = whole.Degraded.narrow(2, place.Row / scale, 6).narrow(3, place.Column / scale, 6);
            TensorAssert.Near(expected, ImageOrientation.TurnBack(batch.Degraded[i].unsqueeze(0), place.Orientation), 2e-6);
            places.Add(place);
        }

        Assert.Equal(ImageOrientation.Count, places.Select(p => p.Item3).Distinct().Count());
        Assert.True(places.Count > Patches / 2);
    }

    [Fact]
    public void Patches_SameSeed_GivesTheSame()
    {
        var pairs = new ImagePairs(Leaves(3), new GaussianNoise(0, 50));
        using PairedBatch one = pairs.Patches(4, 8, new Random(5)), same = pairs.Patches(4, 8, new Random(5));
        using PairedBatch other = pairs.Patches(4, 8, new Random(6));
        TensorAssert.Equal(one.Degraded, same.Degraded);
        TensorAssert.Equal(one.Reference, same.Reference);
        Assert.NotEqual(0, TensorAssert.LargestDifference(one.Reference, other.Reference));
    }

    [Fact]
    public void Patches_Grey_AreTheGreyOfThePixels()
    {
        var pairs = new ImagePairs(Leaves(1), new NoDegradation(), channels: 1);
        using PairedBatch whole = pairs.Whole(0, new Random(1))!;
        Tensor picture = Leaves(1).Read(0).ToTensor();
        TensorAssert.Near((0.299 * picture[0, 0]) + (0.587 * picture[0, 1]) + (0.114 * picture[0, 2]), whole.Reference[0, 0], 1e-6);
        using PairedBatch batch = pairs.Patches(2, 8, new Random(1));
        Assert.Equal([2, 1, 8, 8], batch.Degraded.shape);
    }

    [Fact]
    public void Patches_BadAndSmallImages_AreLeftOutAndListed()
    {
        var pairs = new ImagePairs(new Mixed(), new NoDegradation());
        using PairedBatch batch = pairs.Patches(50, 8, new Random(1));
        Assert.Equal(1, batch.Reference.min().item<float>());
        Assert.Equal(["broken", "forbidden", "small"], pairs.Skipped.Select(s => s.Name).Order(StringComparer.Ordinal));
        Assert.Contains("it is 20 x 7 pixels; at least 8 each way are needed.", pairs.Skipped.Select(s => s.Reason));
        Assert.Null(pairs.Whole(0, new Random(1)));
    }

    [Fact]
    public void Patches_NothingUsable_SaysWhy()
    {
        var pairs = new ImagePairs(Leaves(2), new NoDegradation());
        Assert.Contains(
            "None of the 2 images can be used; the first of them: image ",
            Assert.Throws<IOException>(() => pairs.Patches(1, 100, new Random(1))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Patches_DegradationOfAnotherScale_IsRefused()
    {
        var sameSize = new ImagePairs(Leaves(1), new NoDegradation(), scale: 2);
        Assert.Contains(
            "expected sides 2 times smaller",
            Assert.Throws<InvalidOperationException>(() => sameSize.Patches(1, 8, new Random(1))).Message,
            StringComparison.Ordinal);
        var smaller = new ImagePairs(Leaves(1), new BicubicDownsampling(2));
        Assert.Contains(
            "keeps the size",
            Assert.Throws<InvalidOperationException>(() => smaller.Patches(1, 8, new Random(1))).Message,
            StringComparison.Ordinal);
        var scaled = new ImagePairs(Leaves(1), new BicubicDownsampling(2), 2);
        Assert.Contains(
            "multiple of the scale, 2",
            Assert.Throws<ArgumentException>(() => scaled.Patches(1, 9, new Random(1))).Message,
            StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => new ImagePairs(Leaves(1), new NoDegradation(), channels: 0));
    }

    [Fact]
    public void Patches_ManyTimes_LeaveNoTensors()
    {
        var pairs = new ImagePairs(Leaves(2), new JpegCompression(10));
        LiveTensors.AssertNoneLeft(() =>
        {
            for (int i = 0; i < 5; i++)
            {
                pairs.Patches(2, 16, new Random(i)).Dispose();
                pairs.Whole(0, new Random(i))!.Dispose();
            }
        });
    }

    private static ImageList Leaves(int count) =>
        new(Enumerable.Range(1, count).Select(i => SyntheticImage.DeadLeaves(24, 20, seed: i)), "leaves");

    // Finds a patch in the image and returns its position and orientation.
    private static (long Row, long Column, int Orientation) Find(Tensor patch, Tensor image, int scale)
    {
        for (int orientation = 0; orientation < ImageOrientation.Count; orientation++)
        {
            using var orientationScope = NewDisposeScope();
            Tensor upright = ImageOrientation.TurnBack(patch, orientation);
            Tensor windows = image.unfold(2, upright.shape[2], scale).unfold(3, upright.shape[3], scale);
            Tensor found = windows.eq(upright.unsqueeze(2).unsqueeze(3)).all(5).all(4).all(1).nonzero();
            if (found.shape[0] > 0)
            {
                return (found[0, 1].item<long>() * scale, found[0, 2].item<long>() * scale, orientation);
            }
        }

        throw new InvalidOperationException("The patch is not part of the image.");
    }

    private sealed class Mixed : IImageSource
    {
        private static readonly string[] Names = ["broken", "forbidden", "small", "white"];

        public int Count => Names.Length;

        public string Description => "mixed";

        public string NameOf(int index) => Names[index];

        public StoredImage Read(int index) => index switch
        {
            0 => throw new ImageFileException("it is broken.", "broken"),
            1 => throw new UnauthorizedAccessException("It is forbidden."),
            2 => new ByteImage(new byte[20 * 7 * 3], width: 20, height: 7),
            _ => new ByteImage([.. Enumerable.Repeat(byte.MaxValue, 20 * 8 * 3)], width: 20, height: 8),
        };
    }
}
