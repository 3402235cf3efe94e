using System.Buffers.Binary;
using System.Text;

namespace Mdf.Testing;

/// <summary>Assembles pickles, including invalid ones, operation by operation, and wraps them in PyTorch's file formats.</summary>
public sealed class PickleAssembler
{
    private readonly List<byte> bytes = [];

    public PickleAssembler() => Raw(0x80, 2);

    public PickleAssembler Raw(params byte[] operation)
    {
        bytes.AddRange(operation);
        return this;
    }

    public PickleAssembler Operation(char operation) => Raw((byte)operation);

    public PickleAssembler Ascii(string text) => Raw(Encoding.ASCII.GetBytes(text));

    public PickleAssembler Global(string module, string name) => Operation('c').Ascii($"{module}\n{name}\n");

    public PickleAssembler Text(string text)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(text);
        return Raw([(byte)'X', .. BitConverter.GetBytes(utf8.Length), .. utf8]);
    }

    public PickleAssembler Number(int number) => Raw([(byte)'J', .. BitConverter.GetBytes(number)]);

    public PickleAssembler LongInteger(long number) => Raw([0x8a, 8, .. BitConverter.GetBytes(number)]);

    public PickleAssembler Put(byte index) => Raw((byte)'q', index);

    public PickleAssembler Get(byte index) => Raw((byte)'h', index);

    /// <summary>Appends a tensor that is a view of a storage.</summary>
    public PickleAssembler Tensor(
        string key,
        string storage,
        long count,
        long[] shape,
        long[] strides,
        string location = "cpu",
        long start = 0,
        bool legacy = false)
    {
        Global("torch._utils", "_rebuild_tensor_v2").Operation('(')
            .Operation('(').Text("storage").Global("torch", storage).Text(key).Text(location).LongInteger(count);
        if (legacy)
        {
            Operation('N');
        }

        return Operation('t').Operation('Q').LongInteger(start).Longs(shape).Longs(strides).Raw(0x89)
            .Global("collections", "OrderedDict").Operation(')').Operation('R').Operation('t').Operation('R');
    }

    public PickleAssembler Longs(long[] numbers)
    {
        Operation('(');
        foreach (long number in numbers)
        {
            LongInteger(number);
        }

        return Operation('t');
    }

    /// <summary>Returns the pickle with its end marker.</summary>
    public byte[] ToArray() => [.. bytes, (byte)'.'];

    /// <summary>Returns a file in PyTorch's legacy format.</summary>
    public byte[] ToLegacyFile(params (string Key, long Count, byte[] Bytes)[] storages)
    {
        var keys = new PickleAssembler().Operation(']').Operation('(');
        var data = new MemoryStream();
        foreach ((string key, long count, byte[] content) in storages)
        {
            keys.Text(key);
            data.Write(BitConverter.GetBytes(count));
            data.Write(content);
        }

        return
        [
            .. new PickleAssembler().Raw(0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19).ToArray(),
            .. new PickleAssembler().Number(1001).ToArray(),
            .. new PickleAssembler().Operation('}').ToArray(),
            .. ToArray(),
            .. keys.Operation('e').ToArray(),
            .. data.ToArray(),
        ];
    }

    /// <summary>Returns a file in PyTorch's zip format with this pickle and the storages.</summary>
    public byte[] ToZipFile(params (string Name, byte[] Bytes)[] storages) =>
        Zip([("archive/data.pkl", ToArray(), 0), .. storages.Select(s => ($"archive/data/{s.Name}", s.Bytes, (ushort)0))]);

    /// <summary>Returns a zip archive of uncompressed entries; their headers may claim another compression method.</summary>
    public static byte[] Zip((string Name, byte[] Bytes, ushort Method)[] entries)
    {
        var file = new MemoryStream();
        var table = new MemoryStream();
        foreach ((string name, byte[] content, ushort method) in entries)
        {
            byte[] path = Encoding.UTF8.GetBytes(name);
            byte[] common = new byte[26];
            BinaryPrimitives.WriteUInt16LittleEndian(common, 20);
            BinaryPrimitives.WriteUInt16LittleEndian(common.AsSpan(4), method);
            BinaryPrimitives.WriteInt32LittleEndian(common.AsSpan(14), content.Length);
            BinaryPrimitives.WriteInt32LittleEndian(common.AsSpan(18), content.Length);
            BinaryPrimitives.WriteInt16LittleEndian(common.AsSpan(22), (short)path.Length);

            table.Write([.. "PK\x01\x02"u8, 20, 0, .. common, .. new byte[10], .. BitConverter.GetBytes((int)file.Length), .. path]);
            file.Write([.. "PK\x03\x04"u8, .. common, .. path, .. content]);
        }

        byte[] count = BitConverter.GetBytes((short)entries.Length);
        return
        [
            .. file.ToArray(), .. table.ToArray(),
            .. "PK\x05\x06"u8, 0, 0, 0, 0, .. count, .. count,
            .. BitConverter.GetBytes((int)table.Length), .. BitConverter.GetBytes((int)file.Length), 0, 0,
        ];
    }
}
