using System.Buffers.Binary;
using Mdf.Checkpoints;
using Mdf.Testing;

namespace Mdf.Core.Tests.Checkpoints;

/// <summary>Tests malicious zip archives: each is rejected with the position and the reason.</summary>
public sealed class HostileArchiveTests
{
    private static readonly byte[] FourFloats = new byte[16];

    [Theory]
    [InlineData("../data.pkl")]
    [InlineData("/etc/data.pkl")]
    [InlineData("a/../../data.pkl")]
    [InlineData("a\\data.pkl")]
    [InlineData("C:/data.pkl")]
    public void Read_PathEscapingEntry_IsRefused(string name) =>
        Assert.Contains(
            "leads out of the archive's folder",
            Refused(PickleAssembler.Zip([(name, new PickleAssembler().Operation('}').ToArray(), 0)])),
            StringComparison.Ordinal);

    [Fact]
    public void Read_CompressedEntry_IsNotUnpacked() =>
        Assert.Contains("compressed", Refused(PickleAssembler.Zip([("archive/data.pkl", new byte[100], 8)])), StringComparison.Ordinal);

    [Fact]
    public void Read_DoubledEntry_IsRefused() =>
        Assert.Contains(
            "two entries",
            Refused(PickleAssembler.Zip([("archive/data.pkl", [1], 0), ("archive/data.pkl", [2], 0)])),
            StringComparison.Ordinal);

    [Fact]
    public void Read_OverlappingEntries_AreRefused()
    {
        // The directory entry of the second file is changed to point to a local header that is hidden in the content of the first.
        byte[] inner = PickleAssembler.Zip([("archive/data/0", new byte[16], 0)]);
        byte[] file = PickleAssembler.Zip([("archive/data.pkl", inner, 0), ("archive/data/0", new byte[16], 0)]);
        int entry = file.AsSpan().LastIndexOf("PK\x01\x02"u8);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(entry + 42), 30 + "archive/data.pkl".Length);
        Assert.Contains("overlaps", Refused(file), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_TableThatClaimsMoreEntriesThanItHolds_IsRefused()
    {
        byte[] file = new PickleAssembler().Operation('}').ToZipFile();
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(file.Length - 12), ushort.MaxValue);
        Assert.Contains("65535 entries", Refused(file), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 0, 0, null)]
    [InlineData(0, 0, 1, "3 entries")]
    [InlineData(0, 0, long.MaxValue, "entries")]
    [InlineData(0, 0, -2, "0 entries 'data.pkl'")]
    [InlineData(long.MinValue, 0, 0, "outside the file")]
    [InlineData(long.MaxValue, 0, 0, "outside the file")]
    [InlineData(0, long.MinValue, 0, "cannot hold")]
    [InlineData(0, long.MaxValue / 2, 0, "outside the file")]
    public void Read_Zip64End_IsTakenOrRefusedWithReason(long moreStart, long moreLength, long moreEntries, string? reason)
    {
        byte[] file = new PickleAssembler().Operation(']').Tensor("0", "FloatStorage", 4, [4], [1]).Operation('a')
            .ToZipFile(("0", FourFloats));
        byte[] end = file[^22..];
        long length = BitConverter.ToUInt32(end, 12), start = BitConverter.ToUInt32(end, 16);
        end.AsSpan(8, 12).Fill(0xff);
        byte[] zip64 =
        [
            .. file[..^22],
            .. "PK\x06\x06"u8, .. new byte[28], .. BitConverter.GetBytes(2 + moreEntries),
            .. BitConverter.GetBytes(length + moreLength), .. BitConverter.GetBytes(start + moreStart),
            .. "PK\x06\x07"u8, .. new byte[4], .. BitConverter.GetBytes(file.LongLength - 22), .. new byte[4],
            .. end,
        ];
        if (reason is null)
        {
            using StateDictionary read = Read(zip64);
            Assert.Single(read);
        }
        else
        {
            Assert.Contains(reason, Refused(zip64), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Read_TorchScriptArchive_SaysWhatItIs() =>
        Assert.Contains(
            "TorchScript", Refused(PickleAssembler.Zip([("a/data.pkl", [1], 0), ("a/constants.pkl", [1], 0)])), StringComparison.Ordinal);

    private static StateDictionary Read(byte[] file) => StateDictionaryReader.Read(new MemoryStream(file), "hostile.pth");

    private static string Refused(byte[] file) => Assert.Throws<CheckpointFormatException>(() => Read(file)).Message;
}
