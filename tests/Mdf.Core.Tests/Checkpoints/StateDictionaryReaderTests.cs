using Mdf.Checkpoints;
using Mdf.Testing;
using static TorchSharp.torch;

namespace Mdf.Core.Tests.Checkpoints;

public sealed class StateDictionaryReaderTests
{
    private static readonly string[] BlockNames =
    [
        "conv.weight", "conv.bias", "norm.weight", "norm.bias", "norm.running_mean", "norm.running_var", "norm.num_batches_tracked",
    ];

    [Theory]
    [InlineData("zip.pth")]
    [InlineData("zip_protocol4.pth")]
    [InlineData("legacy.pth")]
    public void Read_PyTorchStateDictionary_GivesEveryTypeShapeAndView(string file)
    {
        using StateDictionary read = StateDictionaryReader.Read(Fixture.FilePath(file));
        using var scope = NewDisposeScope();
        Tensor counting = arange(24, float32);

        Assert.Equal(
            ["float32", "float64", "float16", "bfloat16", "int64", "int32", "int16", "int8", "uint8", "bool", "scalar", "empty",
             "shared.whole", "shared.tail", "shared.column", "shared.transposed", "expanded"],
            read.Keys);
        TensorAssert.Equal(counting.reshape(2, 3, 4) / 8, read["float32"]);
        TensorAssert.Equal(arange(6, float64).reshape(3, 2) / 3, read["float64"]);
        TensorAssert.Equal(arange(5, float32).to(float16) / 4, read["float16"]);
        TensorAssert.Equal(arange(5, float32).to(bfloat16) / 4, read["bfloat16"]);
        TensorAssert.Equal(tensor([-(1L << 40), 0, 1L << 40]), read["int64"]);
        TensorAssert.Equal(tensor([-7, 7]), read["int32"]);
        TensorAssert.Equal(tensor((short[])[-300, 300]), read["int16"]);
        TensorAssert.Equal(tensor((sbyte[])[-100, 100]), read["int8"]);
        TensorAssert.Equal(tensor((byte[])[0, 200, 255]), read["uint8"]);
        TensorAssert.Equal(tensor([true, false, true]), read["bool"]);
        TensorAssert.Equal(tensor(2.5f), read["scalar"]);
        TensorAssert.Equal(zeros(0, 3), read["empty"]);
        TensorAssert.Equal(counting, read["shared.whole"]);
        TensorAssert.Equal(counting[20..], read["shared.tail"]);
        TensorAssert.Equal(counting.reshape(4, 6)[.., 1], read["shared.column"]);
        TensorAssert.Equal(counting.reshape(4, 6).t(), read["shared.transposed"]);
        TensorAssert.Equal(full(5, 3f), read["expanded"]);
    }

    [Fact]
    public void Read_TensorsOfOneStorage_ShareItsMemory()
    {
        using StateDictionary read = StateDictionaryReader.Read(Fixture.FilePath("zip.pth"));
        read["shared.whole"].zero_();
        Assert.Equal(0, read["shared.tail"].sum().item<float>());
    }

    [Theory]
    [InlineData("zip_modules.pth")]
    [InlineData("legacy_modules.pth")]
    public void Read_ListOfPickledModules_NamesThemAsStateDictionariesDo(string file)
    {
        using StateDictionary read = StateDictionaryReader.Read(Fixture.FilePath(file));

        Assert.Equal(BlockNames.Select(n => $"0.{n}").Concat(BlockNames.Select(n => $"1.module.{n}")), read.Keys);
        AssertFilled(read, "0.", 0);
        AssertFilled(read, "1.module.", 1000);
    }

    [Fact]
    public void Read_TrainingCheckpoint_TakesItsStateDictionaryWithoutPrefix()
    {
        using StateDictionary read = StateDictionaryReader.Read(Fixture.FilePath("zip_training.pth"));
        Assert.Equal(BlockNames, read.Keys);
        AssertFilled(read, "", 0);
    }

    [Fact]
    public void Read_PrefixKept_LeavesNamesAlone()
    {
        using StateDictionary read = StateDictionaryReader.Read(
            Fixture.FilePath("zip_training.pth"), new CheckpointReadOptions { StripPrefixes = false });
        Assert.Equal(BlockNames.Select(n => $"module.{n}"), read.Keys);
    }

    [Theory]
    [InlineData(null, 500)]
    [InlineData("params_ema", 500)]
    [InlineData("params", 0)]
    public void Read_TwoSetsOfWeights_TakesTheAveragedOneOrTheOneAskedFor(string? key, int start)
    {
        using StateDictionary read = StateDictionaryReader.Read(
            Fixture.FilePath("zip_params.pth"), new CheckpointReadOptions { Key = key });
        AssertFilled(read, "", start);
    }

    [Fact]
    public void Read_KeyThatIsNotThere_SaysWhichAre()
    {
        var error = Assert.Throws<CheckpointFormatException>(
            () => StateDictionaryReader.Read(Fixture.FilePath("zip_params.pth"), new CheckpointReadOptions { Key = "generator" }));
        Assert.Contains("'generator'", error.Message, StringComparison.Ordinal);
        Assert.Contains("'params'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_Extension_DoesNotMatter()
    {
        using var folder = new TemporaryFolder();
        File.Copy(Fixture.FilePath("legacy.pth"), folder.PathOf("weights.safetensors"));
        using StateDictionary read = StateDictionaryReader.Read(folder.PathOf("weights.safetensors"));
        Assert.Equal(17, read.Count);
    }

    [Fact]
    public void Read_MissingFile_Throws() =>
        Assert.Throws<FileNotFoundException>(() => StateDictionaryReader.Read(Fixture.FilePath("nothing.pth")));

    [Fact]
    public void Read_StreamThatCannotSeek_NamesTheArgument()
    {
        using var stream = new System.IO.Compression.GZipStream(new MemoryStream(), System.IO.Compression.CompressionMode.Decompress);
        Assert.Equal("stream", Assert.Throws<ArgumentException>(() => StateDictionaryReader.Read(stream, "pipe")).ParamName);
    }

    [Theory]
    [InlineData("")]
    [InlineData("hello, world: no checkpoint at all")]
    [InlineData("\u0080\u0002}q\u0000.")]
    public void Read_SomethingElse_SaysSo(string text)
    {
        byte[] bytes = System.Text.Encoding.Latin1.GetBytes(text);
        var error = Assert.Throws<CheckpointFormatException>(() => StateDictionaryReader.Read(new MemoryStream(bytes), "some.file"));
        Assert.Contains("some.file", error.Message, StringComparison.Ordinal);
        Assert.Equal("some.file", error.File);
    }

    [Theory]
    [InlineData("<!DOCTYPE html>", "web page")]
    [InlineData("version https://git-lfs.github.com/spec/v1", "Git LFS")]
    [InlineData("\u0080\u0004\u0095\u000a", "pickle that torch.save did not write")]
    public void Read_WhatPeopleHaveInstead_IsNamed(string text, string guess)
    {
        byte[] bytes = System.Text.Encoding.Latin1.GetBytes(text);
        var error = Assert.Throws<CheckpointFormatException>(() => StateDictionaryReader.Read(new MemoryStream(bytes), "some.file"));
        Assert.Contains(guess, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("zip_values.pth")]
    [InlineData("zip_values5.pth")]
    public void Read_ValuesThatAreNoWeights_AreLeftOut(string file)
    {
        using StateDictionary read = StateDictionaryReader.Read(Fixture.FilePath(file), new CheckpointReadOptions { Key = "weights" });
        Assert.Equal(["learned", "subclass", "nested.0.1"], read.Keys);
        Assert.All(read.Values, t => TensorAssert.Equal(ones(2), t));
    }

    [Fact]
    public void Read_PickledModuleWithTiedWeights_NamesThemTwiceOfOneMemory()
    {
        using StateDictionary read = StateDictionaryReader.Read(
            Fixture.FilePath("zip_values.pth"), new CheckpointReadOptions { Key = "tied" });
        Assert.Equal(["0.weight", "1.weight"], read.Keys);
        read["0.weight"].fill_(7);
        Assert.Equal(7, read["1.weight"].item<float>());
    }

    [Fact]
    public void Read_TensorAlone_IsCalledTensor()
    {
        byte[] file = new PickleAssembler().Tensor("0", "FloatStorage", 4, [4], [1]).ToZipFile(("0", new byte[16]));
        using StateDictionary read = StateDictionaryReader.Read(new MemoryStream(file), "test");
        Assert.Equal(["tensor"], read.Keys);
    }

    [Fact]
    public void Read_Indexer_NamesWhatIsThere()
    {
        using StateDictionary read = StateDictionaryReader.Read(Fixture.FilePath("zip_params.pth"));
        var error = Assert.Throws<KeyNotFoundException>(() => read["head.weight"]);
        Assert.Contains("conv.weight", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_InsideACallersScope_OutlivesIt()
    {
        StateDictionary read;
        using (NewDisposeScope())
        {
            read = StateDictionaryReader.Read(Fixture.FilePath("zip.pth"));
        }

        using (read)
        {
            Assert.Equal(2.5f, read["scalar"].item<float>());
        }
    }

    [Theory]
    [InlineData("zip.pth")]
    [InlineData("legacy_modules.pth")]
    public void Read_Disposed_LeavesNoTensor(string file) =>
        LiveTensors.AssertNoneLeft(() => StateDictionaryReader.Read(Fixture.FilePath(file)).Dispose());

    [Fact]
    public void Read_AuthorsWeights_HasEightDiscriminators()
    {
        using StateDictionary read = StateDictionaryReader.Read(ReferenceData.FilePath("reference/weights/Ds_JPEG.pth"));
        Assert.Equal(8 * 30, read.Count);
        Assert.Equal([32, 3, 3, 3], read["0.head.conv.weight"].shape);
        Assert.Equal([1, 64, 3, 3], read["7.tail.weight"].shape);
        Assert.Equal(36_000, read["0.head.norm.num_batches_tracked"].item<long>());
        long parameters = read
            .Where(t => !t.Key.Contains("running", StringComparison.Ordinal) && !t.Key.Contains("batches", StringComparison.Ordinal))
            .Sum(t => t.Value.numel());
        Assert.Equal(571_400, parameters);
    }

    // Block.fill in make_fixtures.py wrote these values.
    private static void AssertFilled(StateDictionary read, string prefix, int start)
    {
        for (int i = 0; i < BlockNames.Length; i++)
        {
            using var scope = NewDisposeScope();
            Tensor actual = read[prefix + BlockNames[i]];
            Tensor expected = (arange(actual.numel(), float64) + start + (100 * i)).reshape(actual.shape);
            TensorAssert.Near(expected, actual, 0);
        }
    }
}
