using Mdf.Checkpoints;
using Mdf.Degradations;
using Mdf.Imaging;
using Mdf.Testing;
using static TorchSharp.torch;

namespace Mdf.Core.Tests.Degradations;

public sealed class JpegCompressionTests
{
    [Theory]
    [InlineData("even", 7)]
    [InlineData("even", 10)]
    [InlineData("even", 50)]
    [InlineData("odd", 7)]
    [InlineData("odd", 10)]
    [InlineData("odd", 50)]
    public void Apply_ReferenceImage_GivesTheReferencePixels(string image, int quality)
    {
        using var scope = NewDisposeScope();
        using StateDictionary reference = ReferenceData.Open("imaging.safetensors");
        Tensor original = Batch(reference[$"{image}.image"]);
        foreach (JpegChromaSubsampling subsampling in Enum.GetValues<JpegChromaSubsampling>())
        {
            Tensor expected = reference[$"{image}.jpeg_q{quality}_{(subsampling == JpegChromaSubsampling.Samples420 ? 420 : 444)}"];
            Tensor result = new JpegCompression(quality) { Subsampling = subsampling }.Apply(original, new Random(1));
            TensorAssert.Equal(Batch(expected), result);
        }
    }

    [Theory]
    [InlineData("even")]
    [InlineData("odd")]
    public void Apply_GrayReferenceImage_GivesTheReferencePixels(string image)
    {
        using var scope = NewDisposeScope();
        using StateDictionary reference = ReferenceData.Open("imaging.safetensors");
        Tensor result = new JpegCompression(10).Apply(Batch(reference[$"{image}.gray"].unsqueeze(2)), new Random(1));
        TensorAssert.Equal(Batch(reference[$"{image}.gray_jpeg_q10"].unsqueeze(2)), result);
    }

    [Fact]
    public void Apply_QualityRange_DrawsEveryQuality()
    {
        using var scope = NewDisposeScope();
        Tensor one = Images.Two().narrow(0, 0, 1);
        Tensor[] expected = [.. Enumerable.Range(7, 4).Select(quality => new JpegCompression(quality).Apply(one, new Random(1)))];

        Tensor results = new JpegCompression(7, 10).Apply(one.repeat(40, 1, 1, 1), new Random(1));

        int[] drawn = [.. results.split(1).Select(result => Array.FindIndex(expected, e => Images.AreSame(e, result)))];
        Assert.Equal([0, 1, 2, 3], drawn.Distinct().Order());
    }

    [Theory]
    [InlineData(3, JpegChromaSubsampling.Samples420, 16, 3)]
    [InlineData(3, JpegChromaSubsampling.Samples444, 8, 3)]
    [InlineData(1, JpegChromaSubsampling.Samples420, 8, 3)]
    [InlineData(3, JpegChromaSubsampling.Samples420, 16, 2)]
    [InlineData(3, JpegChromaSubsampling.Samples444, 8, 2)]
    [InlineData(1, JpegChromaSubsampling.Samples420, 8, 2)]
    public void Apply_RandomGridPhase_PutsTheGridEverywhere(int channels, JpegChromaSubsampling subsampling, int unit, int axis)
    {
        using var scope = NewDisposeScope();
        // Vertical stripes compress the same way wherever the grid starts along the stripes. Horizontal stripes nearly do, but libjpeg
        // rounds colour averages alternately up and down from column to column.
        Tensor upright = SyntheticImage.DeadLeaves(48, 1, 5).narrow(1, 0, channels).expand(1, channels, 24, 48);
        Tensor one = axis == 3 ? upright : upright.transpose(2, 3).contiguous();
        var atFirstPixel = new JpegCompression(10) { Subsampling = subsampling };
        var atRandom = new JpegCompression(10) { Subsampling = subsampling, RandomGridPhase = true };
        int along = 5 - axis, starts = axis == 3 ? 1 : unit;
        Tensor[][] expected = [.. Enumerable.Range(0, unit).Select(shift => Enumerable.Range(0, starts).Select(start =>
            atFirstPixel.Apply(Mirrored(Mirrored(one, axis, shift), along, start), new Random(1))
                .narrow(axis, shift, 48)
                .narrow(along, start, 24)).ToArray())];

        Tensor results = atRandom.Apply(one.repeat(10 * unit, 1, 1, 1), new Random(1));

        int[] drawn = [.. results.split(1).Select(result => Array.FindIndex(expected, e => e.Any(one => Images.AreSame(one, result))))];
        Assert.Equal(Enumerable.Range(0, unit), drawn.Distinct().Order());

        static Tensor Mirrored(Tensor image, int axis, int count)
            => count == 0 ? image : cat([image.narrow(axis, 0, count).flip(axis), image], axis);
    }

    [Fact]
    public void Apply_RandomGridPhaseOfATinyImage_KeepsItsSize()
    {
        using var scope = NewDisposeScope();
        var jpeg = new JpegCompression(50) { RandomGridPhase = true };
        Assert.Equal([9, 3, 1, 2], jpeg.Apply(rand(9, 3, 1, 2), new Random(1)).shape);
    }

    [Fact]
    public void Apply_Any_GivesEightBitValues()
    {
        using var scope = NewDisposeScope();
        Tensor result = new JpegCompression(10).Apply((Images.Two() * 3) - 1, new Random(1)) * 255;
        TensorAssert.Near(result.round(), result, 1e-4);
        Assert.InRange(result.min().item<float>(), 0, 255);
        Assert.InRange(result.max().item<float>(), 0, 255);
    }

    [Fact]
    public void Description_Settings_AreAllNamed()
    {
        Assert.Equal("JPEG, quality 7 to 10, 4:2:0", new JpegCompression(7, 10).Description);
        Assert.Equal(
            "JPEG, quality 30, 4:4:4, random grid phase",
            new JpegCompression(30) { Subsampling = JpegChromaSubsampling.Samples444, RandomGridPhase = true }.Description);
    }

    [Theory]
    [InlineData(0, 10, "lowestQuality")]
    [InlineData(101, 101, "lowestQuality")]
    [InlineData(10, 9, "highestQuality")]
    [InlineData(10, 101, "highestQuality")]
    public void Constructor_QualityOutOfRange_NamesTheArgument(int lowest, int highest, string name)
        => Assert.Throws<ArgumentOutOfRangeException>(name, () => new JpegCompression(lowest, highest));

    [Fact]
    public void Apply_FourChannels_SaysWhatIsTaken()
    {
        using var scope = NewDisposeScope();
        var error = Assert.Throws<ArgumentException>(() => new JpegCompression(10).Apply(rand(1, 4, 8, 8), new Random(1)));
        Assert.Contains("3 channels (RGB) or 1 (grey), got 4", error.Message, StringComparison.Ordinal);
    }

    private static Tensor Batch(Tensor pixels) => pixels.permute(2, 0, 1).unsqueeze(0).to(ScalarType.Float32).div(255);
}
