using Mdf.Checkpoints;
using Mdf.Models.Adversarial;
using Mdf.Testing;
using static TorchSharp.torch;

namespace Mdf.Models.Tests.Adversarial;

public sealed class DiscriminatorPyramidTests
{
    [Fact]
    public void CreateUntrained_Default_HasThePublishedWidths()
    {
        using var pyramid = DiscriminatorPyramid.CreateUntrained(seed: 1);
        Assert.Equal([32, 32, 32, 32, 64, 64, 64, 64], pyramid.Scales.Select(d => d.Width));
        Assert.Equal(571_400, pyramid.parameters().Sum(p => p.numel()));
        Assert.All(pyramid.Scales, d => Assert.False(d.training));
        Assert.InRange(pyramid.Scales[7].state_dict()["body.block2.conv.weight"].std().item<float>(), 0.019, 0.021);
        Assert.InRange(pyramid.Scales[7].state_dict()["body.block2.norm.weight"].mean().item<float>(), 0.99, 1.01);
        Assert.Equal(0, pyramid.Scales[3].state_dict()["tail.bias"].item<float>());
    }

    [Fact]
    public void CreateUntrained_SameSeed_SameWeights()
    {
        using var one = DiscriminatorPyramid.CreateUntrained(seed: 5, scaleCount: 2);
        manual_seed(99);
        using var same = DiscriminatorPyramid.CreateUntrained(seed: 5, scaleCount: 2);
        using var other = DiscriminatorPyramid.CreateUntrained(seed: 6, scaleCount: 2);
        AssertSame(one, same);
        Assert.NotEqual(
            0,
            TensorAssert.LargestDifference(one.state_dict()["scale.1.tail.weight"], other.state_dict()["scale.1.tail.weight"]));
    }

    [Fact]
    public void Calibrate_Photographs_FeaturesHaveUnitScale()
    {
        using var scope = NewDisposeScope();
        using var pyramid = DiscriminatorPyramid.CreateUntrained(seed: 5);
        Tensor images = rand(2, 3, 48, 40);
        float before = pyramid.Scales[0].Features(images).Body.std().item<float>();
        pyramid.Calibrate(images);
        Assert.InRange(before, 0, 0.01f);
        foreach (MdfDiscriminator discriminator in pyramid.Scales)
        {
            (Tensor head, Tensor body, _) = discriminator.Features(images);
            // LeakyReLU(0.2) of unit normal values has this deviation.
            Assert.InRange(head.std().item<float>(), 0.55f, 0.75f);
            Assert.InRange(body.std().item<float>(), 0.55f, 0.75f);
        }

        Assert.All(pyramid.Scales, d => Assert.False(d.training));
    }

    [Theory]
    [InlineData(1, 48)]
    [InlineData(3, 11)]
    public void Calibrate_WrongShape_Throws(long channels, long side)
    {
        using var scope = NewDisposeScope();
        using var pyramid = DiscriminatorPyramid.CreateUntrained(seed: 5, scaleCount: 1);
        var thrown = Assert.Throws<ArgumentException>(() => pyramid.Calibrate(rand(1, channels, 48, side)));
        Assert.Contains($"(1, {channels}, 48, {side})", thrown.Message);
    }

    [Fact]
    public void Save_ThenLoad_GivesBackEverything()
    {
        using var folder = new TemporaryFolder();
        var metadata = new Dictionary<string, string> { ["task"] = "jpeg", ["seed image"] = "ünïcode.jpg" };
        using var saved = new DiscriminatorPyramid(
            [new MdfDiscriminator(3), new MdfDiscriminator(5, bodyBlocks: 2), new MdfDiscriminator(4, 1)], metadata);
        saved.Scales[1].call(rand(2, 3, 20, 20)).Dispose(); // changes the running statistics

        saved.Save(folder.PathOf("a.ckpt"));
        using var loaded = DiscriminatorPyramid.Load(folder.PathOf("a.ckpt"));

        AssertSame(saved, loaded);
        Assert.Equal([3, 2, 1], loaded.Scales.Select(d => d.BodyBlocks));
        Assert.All(loaded.Scales, d => Assert.False(d.training));
        Assert.Equal("jpeg", loaded.Metadata["task"]);
        Assert.Equal("ünïcode.jpg", loaded.Metadata["seed image"]);
        Assert.Equal(DiscriminatorPyramid.Format, loaded.Metadata[DiscriminatorPyramid.FormatKey]);
        Assert.StartsWith("Mdf ", loaded.Metadata["library"], StringComparison.Ordinal);
    }

    [Fact]
    public void Load_AuthorsFile_HasTheirScalesAndStatistics()
    {
        using var pyramid = DiscriminatorPyramid.Load(ReferenceData.FilePath("reference/weights/Ds_JPEG.pth"));
        Assert.Equal([32, 32, 32, 32, 64, 64, 64, 64], pyramid.Scales.Select(d => d.Width));
        Assert.Equal(
            [36_000, 72_000, 108_000, 144_000, 36_000, 72_000, 108_000, 144_000],
            pyramid.Scales.Select(d => d.state_dict()["head.norm.num_batches_tracked"].item<long>()));
        Assert.Empty(pyramid.Metadata);
        Assert.All(pyramid.Scales, d => Assert.False(d.training));
    }

    [Fact]
    public void Load_AuthorsFileSavedAsOurs_IsTheSame()
    {
        using var folder = new TemporaryFolder();
        using var theirs = DiscriminatorPyramid.Load(ReferenceData.FilePath("reference/weights/Ds_JPEG.pth"));
        theirs.Save(folder.PathOf("jpeg.ckpt"));
        using var ours = DiscriminatorPyramid.Load(folder.PathOf("jpeg.ckpt"));
        AssertSame(theirs, ours);
    }

    [Fact]
    public void Load_InsideACallersScope_OutlivesIt()
    {
        using var folder = new TemporaryFolder();
        DiscriminatorPyramid pyramid;
        using (NewDisposeScope())
        {
            using var source = DiscriminatorPyramid.CreateUntrained(1, 1);
            source.Save(folder.PathOf("a.ckpt"));
            pyramid = DiscriminatorPyramid.Load(folder.PathOf("a.ckpt"));
        }

        using (pyramid)
        {
            Assert.Equal(32, pyramid.Scales[0].state_dict()["head.conv.bias"].numel());
        }
    }

    [Fact]
    public void LoadAndSave_Disposed_LeaveNoTensor()
    {
        using var folder = new TemporaryFolder();
        long left = LiveTensors.CountLeft(() =>
        {
            using var source = DiscriminatorPyramid.CreateUntrained(1, 2);
            source.Save(folder.PathOf("a.ckpt"));
            DiscriminatorPyramid.Load(folder.PathOf("a.ckpt")).Dispose();
        });
        Assert.Equal(4 * LeftByMakingLayers(), left);
    }

    [Fact]
    public void Load_Refused_LeavesNoTensor()
    {
        using var folder = new TemporaryFolder();
        Write(folder.PathOf("a.ckpt"), w => w["scale.1.tail.weight"] = zeros(1, 9, 3, 3), scales: 2);
        long left = LiveTensors.CountLeft(
            () => Assert.Throws<CheckpointFormatException>(() => DiscriminatorPyramid.Load(folder.PathOf("a.ckpt"))));
        Assert.Equal(2 * LeftByMakingLayers(), left);
    }

    [Theory]
    [InlineData("scale.0.tail.weight", null, "lacks [tail.weight]")]
    [InlineData("scale.0.head.conv.weight", null, "has no 'head.conv.weight'")]
    [InlineData("scale.0.extra", "1", "unexpected [extra]")]
    [InlineData("encoder.weight", "1", "'encoder.weight'")]
    [InlineData("scale.3.tail.weight", "1", "without a gap")]
    [InlineData("scale.0.tail.bias", "2", "of shape (2) where (1) is expected")]
    [InlineData("scale.0.body.block1.conv.weight", null, "has no 'body.block1.conv.weight' of shape (32, 32, 3, 3)")]
    [InlineData("scale.0.body.block3.conv.weight", "1", "has no 'body.block3.conv.weight' of shape (32, 32, 3, 3)")]
    [InlineData("0.tail.bias", "1", "twice")]
    [InlineData("00.tail.bias", "1", "'00.tail.bias'")]
    [InlineData("\u0663.tail.bias", "1", "'\u0663.tail.bias'")]
    public void Load_OtherThanDiscriminators_SaysWhatIsWrong(string name, string? length, string reason)
    {
        using var folder = new TemporaryFolder();
        Write(folder.PathOf("a.ckpt"), weights =>
        {
            weights.Remove(name);
            if (length is not null)
            {
                weights[name] = zeros(int.Parse(length, System.Globalization.CultureInfo.InvariantCulture));
            }
        });
        var error = Assert.Throws<CheckpointFormatException>(() => DiscriminatorPyramid.Load(folder.PathOf("a.ckpt")));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.Contains("a.ckpt", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_OtherFormatOrVersion_SaysWhichIsRead()
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        SafetensorsFile.Write(
            folder.PathOf("a.ckpt"),
            new Dictionary<string, Tensor> { ["scale.0.x"] = ones(1) },
            new Dictionary<string, string> { ["format"] = DiscriminatorPyramid.Format, ["version"] = "2" });
        Assert.Contains(
            "version '2'",
            Assert.Throws<CheckpointFormatException>(() => DiscriminatorPyramid.Load(folder.PathOf("a.ckpt"))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Load_NoTensors_SaysSo()
    {
        using var folder = new TemporaryFolder();
        SafetensorsFile.Write(folder.PathOf("a.ckpt"), []);
        Assert.Contains(
            "holds the scales []",
            Assert.Throws<CheckpointFormatException>(() => DiscriminatorPyramid.Load(folder.PathOf("a.ckpt"))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Load_SmallFileOfHugeWeights_IsRefusedBeforeTheyAreMade()
    {
        using var folder = new TemporaryFolder();
        byte[] file = new PickleAssembler().Operation('}').Operation('(')
            .Text("0.head.conv.weight").Tensor("0", "FloatStorage", 1, [4096, 3, 3, 3], [0, 0, 0, 0])
            .Text("0.body.block1.conv.weight").Tensor("0", "FloatStorage", 1, [4096, 4096, 3, 3], [0, 0, 0, 0])
            .Operation('u').ToZipFile(("0", new byte[4]));
        File.WriteAllBytes(folder.PathOf("a.pth"), file);
        Assert.Contains(
            "far more than the file",
            Assert.Throws<CheckpointFormatException>(() => DiscriminatorPyramid.Load(folder.PathOf("a.pth"))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Load_FormatOfAnotherTool_GoesByTheNames()
    {
        using var folder = new TemporaryFolder();
        using var source = DiscriminatorPyramid.CreateUntrained(1, 1);
        SafetensorsFile.Write(folder.PathOf("a.ckpt"), source.state_dict(), new Dictionary<string, string> { ["format"] = "pt" });
        using var loaded = DiscriminatorPyramid.Load(folder.PathOf("a.ckpt"));
        AssertSame(source, loaded);
    }

    [Theory]
    [InlineData(0, 32)]
    [InlineData(3, 32)]
    [InlineData(4, 64)]
    [InlineData(8, 128)]
    [InlineData(107, 128)]
    public void PublishedWidth_AnyScale_IsAtMost128(int scale, int width)
        => Assert.Equal(width, DiscriminatorPyramid.PublishedWidth(scale));

    [Fact]
    public void Constructor_NoDiscriminator_Throws() =>
        Assert.Equal("discriminators", Assert.Throws<ArgumentException>(() => new DiscriminatorPyramid([])).ParamName);

    [Fact]
    public void Constructor_Null_Throws() =>
        Assert.Equal("discriminators", Assert.Throws<ArgumentException>(() => new DiscriminatorPyramid([null!])).ParamName);

    private static long LeftByMakingLayers() => LiveTensors.CountLeft(() => new MdfDiscriminator(32).Dispose());

    private static void Write(string path, Action<Dictionary<string, Tensor>> change, int scales = 1)
    {
        using var scope = NewDisposeScope();
        using var pyramid = DiscriminatorPyramid.CreateUntrained(1, scales);
        Dictionary<string, Tensor> weights = pyramid.state_dict();
        change(weights);
        SafetensorsFile.Write(path, weights);
    }

    private static void AssertSame(DiscriminatorPyramid expected, DiscriminatorPyramid actual)
    {
        Dictionary<string, Tensor> one = expected.state_dict(), other = actual.state_dict();
        Assert.Equal(one.Keys, other.Keys);
        Assert.All(one, t => TensorAssert.Equal(t.Value, other[t.Key]));
    }
}
