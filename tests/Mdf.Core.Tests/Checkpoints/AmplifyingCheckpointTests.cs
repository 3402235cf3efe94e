using System.Diagnostics;
using Mdf.Checkpoints;
using Mdf.Testing;

namespace Mdf.Core.Tests.Checkpoints;

/// <summary>
/// Tests small files that would take very much time or memory, or cause endless messages. Each is rejected quickly, with a short message.
/// </summary>
public sealed class AmplifyingCheckpointTests
{
    private const int Large = 400_000;

    private static readonly byte[] FourFloats = new byte[16];

    [Fact]
    public void Read_LongNamesOfClasses_AreRefused()
    {
        var pickle = new PickleAssembler().Text(new string('m', Large)).Put(0);
        AssertQuick(Repeat(pickle, 100_000, p => p.Get(0).Get(0).Raw(0x93)).ToZipFile(), "class");
    }

    [Fact]
    public void Read_LongKeySetAgainAndAgain_IsNotHashedEachTime()
    {
        var pickle = new PickleAssembler().Text(new string('k', Large)).Put(0).Operation('}').Operation('(');
        AssertQuick(Repeat(pickle, 200_000, p => p.Get(0).Operation('N')).Operation('u').ToZipFile(), "no tensors");
    }

    [Fact]
    public void Read_LongNamesOfTransientBuffers_AreNotHashedEachTime()
    {
        var pickle = new PickleAssembler().Global("somewhere", "Module").Operation(')').Raw(0x81)
            .Operation('}').Text("_non_persistent_buffers_set").Operation('(');
        pickle.Text(new string('b', Large)).Put(0);
        AssertQuick(Repeat(pickle, 200_000, p => p.Get(0)).Operation('l').Operation('s').Operation('b').ToZipFile(), "no tensors");
    }

    [Fact]
    public void Read_KeysOfOneHash_DoNotCollide()
    {
        // long.GetHashCode() returns the same value for all these keys.
        var pickle = new PickleAssembler().Operation('}').Operation('(');
        AssertQuick(
            Repeat(pickle, 80_000, (p, i) => p.LongInteger(i * 0x1_0000_0001L).Operation('N')).Operation('u').ToZipFile(), "no tensors");
    }

    [Fact]
    public void Read_MemoIndicesOfOneHash_DoNotCollide()
    {
        var pickle = new PickleAssembler().Operation('}');
        AssertQuick(Repeat(pickle, 95_000, (p, i) => p.Operation('p').Ascii($"{i * 0x1_0000_0001L}\n")).ToZipFile(), "no tensors");
    }

    [Fact]
    public void Read_LongPersistentIdentifierAgainAndAgain_IsNotCopied()
    {
        var pickle = new PickleAssembler().Operation('(').Text("storage").Global(
            "torch", "FloatStorage").Text("0").Text("cpu").LongInteger(4);
        pickle = Repeat(pickle, Large, p => p.Operation('N')).Operation('t').Put(0);
        AssertQuick(Repeat(pickle, 100_000, p => p.Operation('Q').Operation('0').Get(0)).ToZipFile(), "neither a storage");
    }

    [Fact]
    public void Read_TensorsThatMultiply_AreRefusedSoon()
    {
        // A list of 300 lists of 300 lists of 300 tensors; the file contains each list and the tensor once.
        var pickle = new PickleAssembler().Tensor("0", "FloatStorage", 4, [4], [1]).Put(0);
        for (byte level = 1; level <= 3; level++)
        {
            byte below = (byte)(level - 1);
            pickle = Repeat(pickle.Operation('('), 300, p => p.Get(below)).Operation('l').Put(level);
        }

        AssertQuick(pickle.ToZipFile(("0", FourFloats)), "steps");
    }

    [Fact]
    public void Read_TensorsOfOneLongName_AreRefused()
    {
        var pickle = new PickleAssembler().Operation('}').Text(new string('n', 1000))
            .Tensor("0", "FloatStorage", 4, [4], [1]).Operation('s').Put(0).Operation('(');
        AssertQuick(Repeat(pickle, Large, p => p.Get(0)).Operation('l').ToZipFile(("0", FourFloats)), "steps");
    }

    [Fact]
    public void Read_TensorRebuiltAgainAndAgain_IsRefused()
    {
        var pickle = new PickleAssembler().Global("torch._utils", "_rebuild_tensor").Put(0).Operation('(')
            .Operation('(').Text("storage").Global(
                "torch", "FloatStorage").Text("0").Text("cpu").LongInteger(4).Operation('t').Operation('Q')
            .LongInteger(0).Longs([.. Enumerable.Repeat(1L, 64)]).Longs(new long[64]).Operation('t').Put(1);
        AssertQuick(Repeat(pickle, 150_000, p => p.Get(0).Get(1).Operation('R')).ToZipFile(("0", FourFloats)), "over and over");
    }

    [Fact]
    public void Read_HugeInteger_IsRefused()
    {
        var pickle = new PickleAssembler().Raw([0x8b, .. BitConverter.GetBytes(Large), .. Enumerable.Repeat((byte)0x77, Large)]);
        AssertQuick(pickle.ToZipFile(), "integer");
    }

    [Fact]
    public void Read_LongOrUnprintableNames_GiveAShortMessageOfOneLine()
    {
        var pickle = new PickleAssembler().Operation('}').Text("\u001b[31m\r\n" + new string('s', Large / 100))
            .Text("w").Operation('s').Text("params");
        byte[] file = pickle.Operation('}').Operation('s').ToZipFile();
        var error = Assert.Throws<CheckpointFormatException>(
            () => StateDictionaryReader.Read(new MemoryStream(file), "x", new CheckpointReadOptions { Key = new string('k', Large) }));
        Assert.InRange(error.Message.Length, 10, 1200);
        Assert.DoesNotContain(error.Message, char.IsControl);
    }

    [Fact]
    public void Read_StoragesByTheThousand_TakeLittleMemory()
    {
        const int Count = 2000;
        var pickle = Repeat(
            new PickleAssembler().Operation(']'),
            Count,
            (p, i) => p.Tensor($"{i}", "ByteStorage", 1, [1], [1], legacy: true).Operation('a'));
        byte[] file = pickle.ToLegacyFile([.. Enumerable.Range(0, Count).Select(i => ($"{i}", 1L, new byte[1]))]);
        long before = GC.GetAllocatedBytesForCurrentThread();
        using StateDictionary read = StateDictionaryReader.Read(new MemoryStream(file), "x");
        Assert.Equal(Count, read.Count);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 40L * file.Length);
    }

    private static void AssertQuick(byte[] file, string reason)
    {
        Assert.InRange(file.Length, 0, 2_200_000);
        long before = GC.GetAllocatedBytesForCurrentThread();
        var watch = Stopwatch.StartNew();
        var error = Assert.Throws<CheckpointFormatException>(() => StateDictionaryReader.Read(new MemoryStream(file), "x"));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 5); // far less on an idle machine
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4_000_000 + (400L * file.Length));
    }

    private static PickleAssembler Repeat(PickleAssembler pickle, int count, Action<PickleAssembler> step)
        => Repeat(pickle, count, (p, _) => step(p));

    private static PickleAssembler Repeat(PickleAssembler pickle, int count, Action<PickleAssembler, int> step)
    {
        for (int i = 0; i < count; i++)
        {
            step(pickle, i);
        }

        return pickle;
    }
}
