using Mdf.Checkpoints;
using Mdf.Testing;
using static TorchSharp.torch;

namespace Mdf.Core.Tests.Checkpoints;

/// <summary>
/// Tests malicious checkpoints: each is rejected with the position and the reason, without running code or allocating much memory.
/// </summary>
public sealed class HostileCheckpointTests
{
    private static readonly byte[] FourFloats = new byte[16];

    [Fact]
    public void Read_HonestFileOfTheAssembler_Works()
    {
        var pickle = new PickleAssembler().Operation('}').Text("w").Tensor("7", "FloatStorage", 4, [2, 2], [2, 1], "cuda:0").Operation('s');
        using StateDictionary zip = Read(pickle.ToZipFile(("7", FourFloats)));
        Assert.Equal([2, 2], zip["w"].shape);

        pickle = new PickleAssembler().Operation('}').Text("w")
            .Tensor("7", "FloatStorage", 4, [2, 2], [1, 2], "cuda:0", legacy: true).Operation('s');
        using StateDictionary legacy = Read(pickle.ToLegacyFile(("7", 4, FourFloats)));
        Assert.Equal([1, 2], legacy["w"].stride());
        Assert.Equal(CPU.type, legacy["w"].device_type);
    }

    [Theory]
    [InlineData("os", "system")]
    [InlineData("posix", "system")]
    [InlineData("builtins", "eval")]
    [InlineData("__builtin__", "exec")]
    [InlineData("subprocess", "Popen")]
    [InlineData("torch.hub", "load")]
    public void Read_CallOfAnyOtherFunction_IsRefusedByName(string module, string name)
    {
        string marker = Path.Combine(Path.GetTempPath(), $"mdf-{Guid.NewGuid():N}");
        var pickle = new PickleAssembler().Global(module, name).Operation('(').Text($"touch {marker}").Operation('t').Operation('R');
        string message = Refused(pickle.ToZipFile());
        Assert.Contains($"'{module}.{name}'", message, StringComparison.Ordinal);
        Assert.Contains("at byte", message, StringComparison.Ordinal);
        Assert.Contains($"'{module}.{name}'", Refused(pickle.ToLegacyFile()), StringComparison.Ordinal);
        Assert.False(File.Exists(marker));
    }

    [Fact]
    public void Read_CallHiddenInRebuildFromType_IsRefused()
    {
        var pickle = new PickleAssembler().Global("torch._tensor", "_rebuild_from_type_v2").Operation('(')
            .Global("os", "system").Global("torch", "Tensor").Operation('(').Text("id").Operation('t')
            .Operation('N').Operation('t').Operation('R');
        Assert.Contains("_rebuild_from_type_v2", Refused(pickle.ToZipFile()), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_UnknownClass_IsInertData()
    {
        var pickle = new PickleAssembler().Operation('}').Operation('(')
            .Text("bad").Global("os", "system").Operation(')').Raw(0x81).Operation('}').Operation('b')
            .Text("w").Tensor("0", "FloatStorage", 4, [4], [1])
            .Operation('u');
        using StateDictionary read = Read(pickle.ToZipFile(("0", FourFloats)));
        Assert.Equal(["w"], read.Keys);
    }

    [Fact]
    public void Read_ObjectsThatContainThemselves_AreRefused()
    {
        Assert.Contains(
            "contain themselves",
            Refused(new PickleAssembler().Operation(']').Put(0).Get(0).Operation('a').ToZipFile()),
            StringComparison.Ordinal);
        Assert.Contains(
            "contain themselves",
            Refused(new PickleAssembler().Operation('}').Put(0).Text("again").Get(0).Operation('s').ToZipFile()),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Read_ListsThatMultiply_AreRefusedSoon()
    {
        // Each list contains the previous list twice: 2^60 lists in 500 bytes.
        var pickle = new PickleAssembler().Operation(']').Put(0);
        for (byte i = 1; i <= 60; i++)
        {
            pickle.Operation(']').Put(i).Get((byte)(i - 1)).Operation('a').Get((byte)(i - 1)).Operation('a');
        }

        Assert.Contains("steps", Refused(pickle.ToZipFile()), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_DeepNesting_IsRefusedWithoutOverflow()
    {
        var pickle = new PickleAssembler();
        for (int i = 0; i < 200_000; i++)
        {
            pickle.Operation(']');
        }

        for (int i = 1; i < 200_000; i++)
        {
            pickle.Operation('a');
        }

        Assert.Contains("nested", Refused(pickle.ToZipFile()), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_SameListCopiedOverAndOver_IsRefused()
    {
        var pickle = new PickleAssembler().Operation(']').Operation('(');
        for (int i = 0; i < 1000; i++)
        {
            pickle.Operation(')').Operation(')').Raw(0x86);
        }

        pickle.Operation('e').Raw(0x85).Put(0).Operation('0');
        for (int i = 0; i < 10_000; i++)
        {
            pickle.Global("collections", "OrderedDict").Get(0).Operation('R').Operation('0');
        }

        Assert.Contains("over and over", Refused(pickle.Operation('N').ToZipFile()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData('B')]
    [InlineData('X')]
    [InlineData('T')]
    [InlineData('\x8b')]
    [InlineData('\x8d')]
    [InlineData('\x8e')]
    [InlineData('\x96')]
    public void Read_HugeLengthInThePickle_IsRefusedBeforeAllocating(char operation)
    {
        byte[] file = new PickleAssembler().Raw((byte)operation, 0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff, 0x7f).ToZipFile();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Contains("bytes where", Refused(file), StringComparison.Ordinal);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1_000_000);
    }

    [Fact]
    public void Read_HugeMemoIndex_TakesNoMemory()
    {
        var pickle = new PickleAssembler().Operation('}').Raw((byte)'r', 0xff, 0xff, 0xff, 0xff)
            .Text("w").Tensor("0", "FloatStorage", 4, [4], [1]).Operation('s');
        using StateDictionary read = Read(pickle.ToZipFile(("0", FourFloats)));
        Assert.Single(read);
    }

    [Theory]
    [InlineData(new long[] { 5 }, new long[] { 1 }, 0, "outside its storage")]
    [InlineData(new long[] { 4 }, new long[] { 1 }, 1, "outside its storage")]
    [InlineData(new long[] { 2, 2 }, new long[] { 3, 1 }, 0, "outside its storage")]
    [InlineData(new long[] { 2 }, new long[] { long.MaxValue }, 0, "outside its storage")]
    [InlineData(new long[] { 4 }, new long[] { -1 }, 3, "impossible")]
    [InlineData(new long[] { 4 }, new long[] { 1 }, -1, "impossible")]
    [InlineData(new long[] { -1 }, new long[] { 1 }, 0, "impossible")]
    [InlineData(new long[] { 4 }, new long[] { 1, 1 }, 0, "impossible")]
    [InlineData(new long[] { 1L << 40, 1L << 40 }, new long[] { 0, 0 }, 0, "impossible")]
    public void Read_ViewOutsideItsStorage_IsRefused(long[] shape, long[] strides, long start, string reason) =>
        Assert.Contains(
            reason,
            Refused(new PickleAssembler().Tensor("0", "FloatStorage", 4, shape, strides, start: start).ToZipFile(("0", FourFloats))),
            StringComparison.Ordinal);

    [Theory]
    [InlineData(new long[] { 0 }, new long[] { long.MaxValue }, 4)]
    [InlineData(new long[] { 0, 1L << 50 }, new long[] { long.MaxValue, long.MaxValue }, 0)]
    [InlineData(new long[] { 1, 1 }, new long[] { long.MaxValue, long.MaxValue }, 3)]
    [InlineData(new long[0], new long[0], 3)]
    public void Read_HugeStridesThatAreNeverTaken_GiveATensorThatCanBeUsed(long[] shape, long[] strides, long start)
    {
        var pickle = new PickleAssembler().Tensor("0", "FloatStorage", 4, shape, strides, start: start);
        using StateDictionary read = Read(pickle.ToZipFile(("0", FourFloats)));
        using var scope = NewDisposeScope();
        Tensor copy = read["tensor"].contiguous() + 1;
        Assert.Equal(shape, copy.shape);
        Assert.Equal(copy.numel(), copy.sum().item<float>());
    }

    [Fact]
    public void Read_HugeExpandedTensor_TakesTheMemoryOfItsStorageOnly()
    {
        var pickle = new PickleAssembler().Operation(']').Tensor("0", "FloatStorage", 4, [1L << 40], [0]).Operation('a');
        using StateDictionary read = Read(pickle.ToZipFile(("0", FourFloats)));
        Assert.Equal(1L << 40, read["0"].numel());
        Assert.Equal(0, read["0"][(1L << 40) - 1].item<float>());
    }

    [Theory]
    [InlineData(5, 4, "5 elements")]
    [InlineData(long.MaxValue, 4, "elements")]
    [InlineData(-1, 4, "-1 elements")]
    public void Read_StorageOfAnotherLength_IsRefused(long described, int floats, string reason)
    {
        byte[] storage = new byte[4 * floats];
        var pickle = new PickleAssembler().Operation(']').Tensor("0", "FloatStorage", described, [0], [1]).Operation('a');
        Assert.Contains(reason, Refused(pickle.ToZipFile(("0", storage))), StringComparison.Ordinal);
        pickle = new PickleAssembler().Operation(']').Tensor("0", "FloatStorage", described, [0], [1], legacy: true).Operation('a');
        Refused(pickle.ToLegacyFile(("0", described, storage)));
    }

    [Fact]
    public void Read_FileOfAnotherLengthThanItSays_IsRefused()
    {
        const long Count = 1L << 57;
        byte[] file = new PickleAssembler().Operation(']').Tensor("0", "FloatStorage", Count, [4], [1], legacy: true).Operation('a')
            .ToLegacyFile(("0", Count, FourFloats));
        Assert.Contains(
            "not enough memory",
            Assert.Throws<CheckpointFormatException>(() => StateDictionaryReader.Read(new BoastingStream(file), "x")).Message,
            StringComparison.Ordinal);

        file = new PickleAssembler().Operation(']').Tensor("0", "FloatStorage", 1 << 20, [4], [1], legacy: true).Operation('a')
            .ToLegacyFile(("0", 1 << 20, FourFloats));
        Assert.Contains(
            "ended while it was read",
            Assert.Throws<CheckpointFormatException>(() => StateDictionaryReader.Read(new BoastingStream(file), "x")).Message,
            StringComparison.Ordinal);

        file = new PickleAssembler().Raw(0x8d).Raw(BitConverter.GetBytes(1L << 31)).ToLegacyFile();
        Assert.Contains(
            "a text of 2147483648 bytes",
            Assert.Throws<CheckpointFormatException>(() => StateDictionaryReader.Read(new BoastingStream(file), "x")).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("QInt8Storage")]
    [InlineData("ComplexFloatStorage")]
    public void Read_UnknownStorageType_IsRefusedByName(string type) =>
        Assert.Contains(
            type, Refused(new PickleAssembler().Tensor("0", type, 4, [4], [1]).ToZipFile(("0", FourFloats))), StringComparison.Ordinal);

    [Fact]
    public void Read_StorageThatIsNotThere_IsRefused()
    {
        Assert.Contains(
            "archive/data/0",
            Refused(new PickleAssembler().Operation(']').Tensor("0", "FloatStorage", 4, [4], [1]).Operation('a').ToZipFile()),
            StringComparison.Ordinal);
        var legacy = new PickleAssembler().Operation(']').Tensor("0", "FloatStorage", 4, [4], [1], legacy: true).Operation('a');
        Assert.Contains("'0'", Refused(legacy.ToLegacyFile()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("x")]
    [InlineData("\x82")]
    [InlineData("(i")]
    [InlineData("a")]
    [InlineData("t")]
    [InlineData("R")]
    [InlineData("Nb")]
    [InlineData("Ns")]
    [InlineData("h\x05")]
    [InlineData("L9999999999999999999x\n")]
    [InlineData("NNR")]
    [InlineData("NQ")]
    [InlineData("\x80\x06")]
    public void Read_MalformedProgram_IsRefused(string program) =>
        Assert.Contains(
            "at byte",
            Refused(new PickleAssembler().Raw(System.Text.Encoding.Latin1.GetBytes(program)).ToZipFile()),
            StringComparison.Ordinal);

    [Fact]
    public void Read_NoTensors_SaysSo() =>
        Assert.Contains("no tensors", Refused(new PickleAssembler().Operation('}').ToZipFile()), StringComparison.Ordinal);

    [Fact]
    public void Read_DamagedStorage_IsFoundByItsChecksum()
    {
        byte[] file = Fixture.Bytes("zip.pth");
        int data = file.AsSpan().IndexOf((ReadOnlySpan<byte>)[0, 0, 0, 0, 0, 0, 0, 0x3e, 0, 0, 0x80, 0x3e]); // 0, 1/8, 1/4 in float32
        Assert.True(data > 0);
        file[data] ^= 1;
        Assert.Contains("checksum", Refused(file), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_Refused_LeavesNoTensor()
    {
        byte[] file = new PickleAssembler().Operation(']')
            .Tensor("0", "FloatStorage", 4, [4], [1]).Operation('a')
            .Tensor("1", "FloatStorage", 4, [4], [1]).Operation('a').ToZipFile(("0", FourFloats));
        LiveTensors.AssertNoneLeft(() => Refused(file));
    }

    /// <summary>A stream that is longer than its content, like a file that is truncated after its length was read.</summary>
    private sealed class BoastingStream(byte[] content) : MemoryStream([.. content, .. new byte[1 << 15]])
    {
        public override long Length => long.MaxValue;
    }

    private static StateDictionary Read(byte[] file) => StateDictionaryReader.Read(new MemoryStream(file), "hostile.pth");

    private static string Refused(byte[] file) => Assert.Throws<CheckpointFormatException>(() => Read(file)).Message;
}
