using System.Buffers.Binary;
using System.Text;

namespace Mdf.Onnx.Protobuf;

/// <summary>
/// A message in the wire format of protocol buffers. Large fields are kept as references until the message is written, so that nesting
/// copies nothing.
/// </summary>
internal sealed class ProtoMessage
{
    private const int Varint = 0, LengthDelimited = 2, Fixed32 = 5;

    private readonly List<ReadOnlyMemory<byte>> parts = [];

    /// <summary>Number of bytes of the message.</summary>
    public long Length { get; private set; }

    /// <summary>Appends an integer or an enumeration's value.</summary>
    public ProtoMessage Add(int field, long value)
    {
        AddTag(field, Varint);
        AddVarint((ulong)value);
        return this;
    }

    /// <summary>Appends a float.</summary>
    public ProtoMessage Add(int field, float value)
    {
        AddTag(field, Fixed32);
        byte[] bytes = new byte[sizeof(float)];
        BinaryPrimitives.WriteSingleLittleEndian(bytes, value);
        Append(bytes);
        return this;
    }

    /// <summary>Appends text.</summary>
    public ProtoMessage Add(int field, string value) => Add(field, Encoding.UTF8.GetBytes(value));

    /// <summary>Appends bytes, which must not change until the message is written.</summary>
    public ProtoMessage Add(int field, byte[] value)
    {
        AddTag(field, LengthDelimited);
        AddVarint((ulong)value.Length);
        Append(value);
        return this;
    }

    /// <summary>Appends a message.</summary>
    public ProtoMessage Add(int field, ProtoMessage value)
    {
        AddTag(field, LengthDelimited);
        AddVarint((ulong)value.Length);
        parts.AddRange(value.parts);
        Length += value.Length;
        return this;
    }

    /// <summary>Writes the message to a stream.</summary>
    public void WriteTo(Stream stream)
    {
        foreach (ReadOnlyMemory<byte> part in parts)
        {
            stream.Write(part.Span);
        }
    }

    private void AddTag(int field, int wireType) => AddVarint((ulong)((field << 3) | wireType));

    private void AddVarint(ulong value)
    {
        var bytes = new List<byte>();
        for (; value > 0x7F; value >>= 7)
        {
            bytes.Add((byte)(value | 0x80));
        }

        bytes.Add((byte)value);
        Append([.. bytes]);
    }

    private void Append(byte[] bytes)
    {
        parts.Add(bytes);
        Length += bytes.Length;
    }
}
