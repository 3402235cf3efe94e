using System.Buffers.Binary;
using System.Text;

namespace Mdf.Checkpoints;

/// <summary>
/// The table of contents of a zip archive as PyTorch writes it. Entries must be stored without compression, so that every length is
/// bounded by the file's. Compressed, encrypted, overlapping, duplicate and path-escaping entries are refused.
/// </summary>
internal sealed class ZipDirectory
{
    private const uint EndSignature = 0x06054b50, End64LocatorSignature = 0x07064b50, End64Signature = 0x06064b50;
    private const uint EntrySignature = 0x02014b50, LocalSignature = 0x04034b50;
    private const int EndLength = 22, End64LocatorLength = 20, End64Length = 56, EntryLength = 46, LocalLength = 30;
    private const int MaximumCommentLength = ushort.MaxValue;
    private const ushort Zip64Extra = 1, EncryptedFlag = 1;
    private const uint In64Bits = uint.MaxValue;

    private readonly CheckpointSource source;
    private readonly Dictionary<string, ZipEntry> entries = [];

    private ZipDirectory(CheckpointSource source) => this.source = source;

    public IReadOnlyDictionary<string, ZipEntry> Entries => entries;

    public static ZipDirectory Read(CheckpointSource source)
    {
        var directory = new ZipDirectory(source);
        (long start, long length, long count) = directory.FindTable();
        if (count > length / EntryLength)
        {
            throw source.Error(start, $"the archive's table of {length} bytes cannot hold the given {count} entries.");
        }

        byte[] table = source.ReadBytes(start, length, "the archive's table of contents");
        int at = 0;
        for (long i = 0; i < count; i++)
        {
            at = directory.ReadEntry(table, at, start);
        }

        directory.CheckOverlaps(start);
        return directory;
    }

    private (long Start, long Length, long Count) FindTable()
    {
        long tailLength = Math.Min(source.Length, EndLength + MaximumCommentLength);
        long tailStart = source.Length - tailLength;
        byte[] tail = source.ReadBytes(tailStart, tailLength, "the archive's end");
        for (int at = tail.Length - EndLength; at >= 0; at--)
        {
            ReadOnlySpan<byte> end = tail.AsSpan(at);
            if (U32(end, 0) == EndSignature && U16(end, 20) == end.Length - EndLength)
            {
                long locator = tailStart + at - End64LocatorLength;
                return locator >= 0 && ReadTable64(locator) is { } table64 ? table64 : (U32(end, 16), U32(end, 12), U16(end, 10));
            }
        }

        throw source.Error(source.Length, "the archive's end record is missing: the file is cut short or is not a PyTorch checkpoint.");
    }

    private (long Start, long Length, long Count)? ReadTable64(long locatorStart)
    {
        ReadOnlySpan<byte> locator = source.ReadBytes(locatorStart, End64LocatorLength, "the archive's end");
        if (U32(locator, 0) != End64LocatorSignature)
        {
            return null;
        }

        long at = S64(locator, 8);
        ReadOnlySpan<byte> end = source.ReadBytes(at, End64Length, "the archive's 64-bit end");
        return U32(end, 0) == End64Signature
            ? (S64(end, 48), S64(end, 40), S64(end, 32))
            : throw source.Error(at, "the archive's 64-bit end record is damaged.");
    }

    private int ReadEntry(byte[] table, int at, long tableStart)
    {
        long place = tableStart + at;
        ReadOnlySpan<byte> entry = table.AsSpan(at);
        if (entry.Length < EntryLength || U32(entry, 0) != EntrySignature)
        {
            throw source.Error(place, "an entry of the archive's table is damaged.");
        }

        int nameLength = U16(entry, 28), extraLength = U16(entry, 30), commentLength = U16(entry, 32);
        int length = EntryLength + nameLength + extraLength + commentLength;
        if (entry.Length < length)
        {
            throw source.Error(place, "an entry of the archive's table is cut short.");
        }

        string name = Encoding.UTF8.GetString(entry.Slice(EntryLength, nameLength));
        long packed = U32(entry, 20), size = U32(entry, 24), header = U32(entry, 42);
        ReadOnlySpan<byte> extra = Extra(entry.Slice(EntryLength + nameLength, extraLength), Zip64Extra);
        size = Widen(size, ref extra, place);
        packed = Widen(packed, ref extra, place);
        header = Widen(header, ref extra, place);

        if (EscapesItsFolder(name))
        {
            throw source.Error(place, $"the archive's entry '{name}' has a path that leads out of the archive's folder.");
        }

        if (U16(entry, 10) != 0 || packed != size || (U16(entry, 8) & EncryptedFlag) != 0)
        {
            throw source.Error(place, $"the archive's entry '{name}' is compressed or encrypted, which torch.save never does. "
                + "TorchScript archives and other zip files are not supported; save the model's state_dict() instead.");
        }

        if (!entries.TryAdd(name, new ZipEntry(name, LocateData(name, header, size), size, U32(entry, 16))))
        {
            throw source.Error(place, $"the archive has two entries '{name}'.");
        }

        return at + length;
    }

    private long LocateData(string name, long header, long size)
    {
        ReadOnlySpan<byte> local = source.ReadBytes(header, LocalLength, $"the header of entry '{name}'");
        if (U32(local, 0) != LocalSignature)
        {
            throw source.Error(header, $"the header of entry '{name}' is damaged.");
        }

        int nameLength = U16(local, 26);
        string localName = Encoding.UTF8.GetString(source.ReadBytes(header + LocalLength, nameLength, $"the name of entry '{name}'"));
        if (localName != name)
        {
            throw source.Error(header, $"the archive's entry '{name}' has the name '{localName}' in its own header.");
        }

        long data = header + LocalLength + nameLength + U16(local, 28);
        source.Check(data, size, $"entry '{name}'");
        return data;
    }

    private void CheckOverlaps(long tableStart)
    {
        long end = 0;
        foreach (ZipEntry entry in entries.Values.OrderBy(e => e.Offset).ThenBy(e => e.Length))
        {
            if (entry.Offset < end || entry.Offset + entry.Length > tableStart)
            {
                throw source.Error(entry.Offset, $"the archive's entry '{entry.Name}' overlaps another entry or the table of contents.");
            }

            end = entry.Offset + entry.Length;
        }
    }

    private static bool EscapesItsFolder(string name) => name.Length == 0 || name[0] == '/' || name.AsSpan().ContainsAny("\\:\0")
        || name.Split('/').Any(part => part is "." or "..");

    private static ReadOnlySpan<byte> Extra(ReadOnlySpan<byte> fields, ushort wanted)
    {
        while (fields.Length >= 4 && U16(fields, 2) <= fields.Length - 4)
        {
            int length = U16(fields, 2);
            if (U16(fields, 0) == wanted)
            {
                return fields.Slice(4, length);
            }

            fields = fields[(4 + length)..];
        }

        return default;
    }

    private long Widen(long value, ref ReadOnlySpan<byte> extra, long place)
    {
        if (value != In64Bits)
        {
            return value;
        }

        if (extra.Length < sizeof(long))
        {
            throw source.Error(place, "an entry of the archive's table lacks its 64-bit sizes.");
        }

        value = S64(extra, 0);
        extra = extra[sizeof(long)..];
        return value;
    }

    private static ushort U16(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);

    private static uint U32(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);

    private static long S64(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadInt64LittleEndian(bytes[at..]);
}

/// <summary>One file in a zip archive: the offset and length of its bytes, and their checksum (0 if none was computed).</summary>
internal sealed record ZipEntry(string Name, long Offset, long Length, uint Crc32);
