using System.Buffers.Binary;
using System.Text;

namespace Mdf.Checkpoints.Pickle;

/// <summary>The bytes of a pickle within a file, buffered. Every length is checked against the end of the pickle's range.</summary>
internal sealed class PickleStream(CheckpointSource source, long start, long length)
{
    private const int MaximumLineBytes = 4096;

    // Half of the longest .NET string.
    private const int MaximumTextBytes = 1 << 29;

    private readonly long end = start + length;
    private readonly byte[] buffer = new byte[1 << 14];
    private long bufferStart = start;
    private int bufferLength;

    public long Position { get; private set; } = start;

    public long Left => end - Position;

    public CheckpointFormatException Error(string reason) => source.Error(Position, reason);

    public byte Byte()
    {
        long at = Position - bufferStart;
        if (at >= bufferLength)
        {
            Require(1);
            bufferStart = Position;
            bufferLength = (int)Math.Min(buffer.Length, Left);
            source.Read(bufferStart, buffer.AsSpan(0, bufferLength));
            at = 0;
        }

        Position++;
        return buffer[at];
    }

    public ushort UInt16() => (ushort)(Byte() | (Byte() << 8));

    public int Int32() => UInt16() | (UInt16() << 16);

    public uint UInt32() => (uint)Int32();

    public long Int64() => UInt32() | ((long)UInt32() << 32);

    public double DoubleBigEndian() => BinaryPrimitives.ReadDoubleBigEndian(Bytes(8));

    public byte[] Bytes(long count)
    {
        Require(count);
        byte[] bytes = source.ReadBytes(Position, count, "a value of the pickle");
        Position += count;
        return bytes;
    }

    /// <summary>Reads UTF-8 text. Lone surrogates, which Python permits, become replacement characters.</summary>
    public string Text(long count)
    {
        Require(count);
        return count <= MaximumTextBytes
            ? Encoding.UTF8.GetString(Bytes(count))
            : throw Error($"the pickle has a text of {count} bytes; at most {MaximumTextBytes} are supported.");
    }

    /// <summary>Reads text up to a line feed: the form of arguments in protocol 0.</summary>
    public string Line()
    {
        var line = new StringBuilder();
        for (byte b = Byte(); b != '\n'; b = Byte())
        {
            if (line.Length >= MaximumLineBytes)
            {
                throw Error($"a line of the pickle is longer than {MaximumLineBytes} bytes.");
            }

            line.Append((char)b);
        }

        return line.ToString();
    }

    private void Require(long count)
    {
        if (count < 0 || count > Left)
        {
            throw Error($"the pickle asks for {count} bytes where {Left} are left.");
        }
    }
}
