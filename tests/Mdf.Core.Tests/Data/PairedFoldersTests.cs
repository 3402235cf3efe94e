using Mdf.Data;
using Mdf.Degradations;
using Mdf.Imaging;
using Mdf.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace Mdf.Core.Tests.Data;

/// <summary>Tests folders of degraded and reference images.</summary>
public sealed class PairedFoldersTests : IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();
    private readonly TemporaryFolder folder = new();

    public PairedFoldersTests()
    {
        Directory.CreateDirectory(Low);
        Directory.CreateDirectory(High);
    }

    private string Low => Path.Combine(folder.FullName, "low");

    private string High => Path.Combine(folder.FullName, "high");

    public void Dispose()
    {
        scope.Dispose();
        folder.Dispose();
    }

    [Fact]
    public void Read_NamesWithASuffix_AreMatchedAndTheRestIsNamed()
    {
        Write(High, "a.png", 16, 12);
        Write(High, "b.png", 16, 12);
        Write(High, "lonely.png", 16, 12);
        Write(High, "twice.png", 16, 12);
        Write(High, "twice.jpg", 16, 12);
        Write(Low, "bx2.jpg", 8, 6);
        Write(Low, "ax2.png", 8, 6);
        Write(Low, "other.png", 8, 6);
        Write(Low, "strayx2.png", 8, 6);
        Write(Low, "twicex2.png", 8, 6);
        var pairs = new PairedFolders(Low, High, new PairedFoldersOptions { Suffix = "x2" });
        Assert.Equal(["a.png", "b.png"], Enumerable.Range(0, pairs.Count).Select(pairs.NameOf));
        Assert.Equal((8, 6, 16, 12), Sizes(pairs.Read(1)));
        Assert.Equal(
            [
                $"{High}: lonely.png: '{Low}' has no image named 'lonelyx2'.",
                $"{High}: twice.jpg: its name is not unique: twice.jpg, twice.png, twicex2.png.",
                $"{High}: twice.png: its name is not unique: twice.jpg, twice.png, twicex2.png.",
                $"{Low}: other.png: its name does not end in 'x2'.",
                $"{Low}: strayx2.png: '{High}' has no image named 'stray'.",
            ],
            pairs.Unreadable.Select(u => $"{u.Name}: {u.Reason}").Order(StringComparer.Ordinal));
        Assert.Contains("2 pairs", pairs.Description, StringComparison.Ordinal);
    }

    [Fact]
    public void Create_NoNameMatches_SaysWhichSuffixWouldHelp()
    {
        Write(High, "0001.png", 16, 12);
        Write(Low, "0001x2.png", 8, 6);
        Assert.Equal(
            $"No image of '{Low}' (such as '0001x2.png') has the name of one of '{High}' (such as '0001.png'); set Suffix to 'x2'.",
            Assert.Throws<ArgumentException>(() => new PairedFolders(Low, High)).Message);
        Assert.EndsWith(
            "with the suffix '_lr'; set Suffix to 'x2'.",
            Assert.Throws<ArgumentException>(() => new PairedFolders(Low, High, new PairedFoldersOptions { Suffix = "_lr" })).Message,
            StringComparison.Ordinal);
        string empty = Directory.CreateDirectory(folder.PathOf("empty")).FullName;
        Assert.Throws<ArgumentException>("degradedFolder", () => new PairedFolders(empty, High));
        Assert.Throws<DirectoryNotFoundException>(() => new PairedFolders(Low + "x", High));
    }

    [Fact]
    public void Read_ListFile_GivesThePairsInItsOrder()
    {
        Write(High, "one.png", 16, 12);
        Write(High, "two.png", 20, 12);
        Write(Low, "1.png", 8, 6);
        Write(Low, "2.png", 10, 6);
        string list = folder.PathOf("pairs.txt");
        folder.Write("pairs.txt", "# low, high\n2.png,two.png\n\n1.png\tone.png\n");
        var pairs = new PairedFolders(Low, High, new PairedFoldersOptions { ListFile = list });
        Assert.Equal(["two.png", "one.png"], Enumerable.Range(0, pairs.Count).Select(pairs.NameOf));

        folder.Write("pairs.txt", "1.png,one.png\n2.png,three.png\n");
        Assert.Equal(
            $"Line 2 of '{list}' has 'three.png'; expected an image of '{High}'.",
            Assert.Throws<ArgumentException>(() => new PairedFolders(Low, High, new PairedFoldersOptions { ListFile = list })).Message);
        folder.Write("pairs.txt", "1.png one.png\n");
        Assert.Equal(
            $"Line 1 of '{list}' has '1.png one.png'; expected two names, divided by a tab or comma.",
            Assert.Throws<ArgumentException>(() => new PairedFolders(Low, High, new PairedFoldersOptions { ListFile = list })).Message);
    }

    [Fact]
    public void Pairs_OtherScale_AreSkippedAndNamed()
    {
        Write(High, "a.png", 16, 12);
        Write(High, "b.png", 17, 13);
        Write(Low, "a.png", 4, 3);
        Write(Low, "b.png", 8, 6);
        var pairs = new ImagePairs(new PairedFolders(Low, High), scale: 2);
        using PairedBatch batch = pairs.Patches(5, 8, new Random(1));
        Assert.Equal((4L, 8L), (batch.Degraded.shape[3], batch.Reference.shape[3]));
        SkippedImage skipped = Assert.Single(pairs.Skipped);
        Assert.Equal(
            ("a.png", "its degraded image has 4 x 3 pixels; 8 x 6 are needed, for a reference of 16 x 12 pixels and a scale of 2."),
            (skipped.Name, skipped.Reason));
        using PairedBatch whole = pairs.Whole(1, new Random(1))!;
        Assert.Equal([1, 3, 12, 16], whole.Reference.shape);
        Assert.Equal([1, 3, 6, 8], whole.Degraded.shape);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Patches_OfPairs_AreThoseOfDegradingOnTheFly(int channels)
    {
        // Rounding to 16 bits is within 1e-5, and the small images of the pairs are those of the whole images.
        var images = new ImageList([SyntheticImage.DeadLeaves(48, 36, seed: 1), SyntheticImage.DeadLeaves(31, 45, seed: 2)], "leaves");
        var degradation = new BicubicDownsampling(3);
        var pairs = new ImagePairs(new DegradedPairs(images, degradation, scale: 3), scale: 3, channels: channels);
        var onTheFly = new ImagePairs(images, degradation, scale: 3, channels: channels);
        for (int seed = 0; seed < 20; seed++)
        {
            using PairedBatch one = onTheFly.Patches(4, 12, new Random(seed)), other = pairs.Patches(4, 12, new Random(seed));
            TensorAssert.Near(one.Reference, other.Reference, 0);
            TensorAssert.Near(one.Degraded, other.Degraded, 1e-6);
        }
    }

    [Fact]
    public void Patches_MinimumContrast_AvoidsFlatRegions()
    {
        // The left quarter is flat, the rest is noise.
        Tensor image = cat([full([1, 3, 40, 20], 0.5f), rand(1, 3, 40, 60)], 3);
        var source = new ImageList([image], "partly flat");
        Assert.InRange(Deviations(new ImagePairs(source, new NoDegradation())).Min(), 0, 1e-6);
        Assert.InRange(Deviations(new ImagePairs(source, new NoDegradation()) { MinimumContrast = 0.2 }).Min(), 0.2, 1);

        // A flat image is used all the same.
        var flat = new ImageList([full([1, 3, 20, 20], 0.5f)], "flat");
        Assert.InRange(Deviations(new ImagePairs(flat, new NoDegradation()) { MinimumContrast = 0.2 }).Max(), 0, 1e-6);
        Assert.Throws<ArgumentOutOfRangeException>(
            "MinimumContrast", () => new ImagePairs(flat, new NoDegradation()) { MinimumContrast = 1 });
    }

    [Fact]
    public void Patches_ManyChannels_AreKeptAndOthersAreSkipped()
    {
        var source = new ImageList([FloatImage.FromTensor(rand(5, 20, 24)), FloatImage.FromTensor(rand(3, 20, 24))], "spectra");
        var pairs = new ImagePairs(source, new NoDegradation(), channels: 5);
        using PairedBatch batch = pairs.Patches(6, 8, new Random(1));
        Assert.Equal([6, 5, 8, 8], batch.Reference.shape);
        Assert.Null(pairs.Whole(1, new Random(1)));
        Assert.Equal("it has 3 channels; 5 are needed.", Assert.Single(pairs.Skipped).Reason);
    }

    [Fact]
    public void Crop_FloatImage_IsThePartOfTheTensor()
    {
        Tensor values = rand(2, 9, 7);
        FloatImage image = FloatImage.FromTensor(values);
        Assert.Equal((2, 7, 9, 2 * 9 * 7 * 4L), (image.Channels, image.Width, image.Height, image.ByteCount));
        TensorAssert.Near(values.unsqueeze(0), image.ToTensor(), 0);
        TensorAssert.Near(values.narrow(1, 3, 5).narrow(2, 2, 4).unsqueeze(0), image.Crop(2, 3, 4, 5), 0);
        Assert.Throws<ArgumentOutOfRangeException>("width", () => image.Crop(4, 0, 4, 5));
        Assert.Throws<ArgumentException>("values", () => new FloatImage(new float[5], 1, 2, 3));
        Assert.Throws<ArgumentException>("image", () => FloatImage.FromTensor(rand(2, 2, 9, 7)));
    }

    private static (int, int, int, int) Sizes(ImagePair pair) =>
        (pair.Degraded.Width, pair.Degraded.Height, pair.Reference.Width, pair.Reference.Height);

    private static void Write(string folder, string name, int width, int height)
    {
        using Tensor image = SyntheticImage.DeadLeaves(width, height, seed: 3);
        ImageFile.Write(Path.Combine(folder, name), image);
    }

    private static float[] Deviations(ImagePairs pairs)
    {
        using var scope = NewDisposeScope();
        Tensor patches = pairs.Patches(60, 8, new Random(1)).Reference;
        return patches.std([1, 2, 3]).data<float>().ToArray();
    }
}
