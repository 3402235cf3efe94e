using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;

namespace Mdf.Testing;

/// <summary>Writes a PNG of 16 bits per channel with a ramp of all levels.</summary>
public static class DeepPng
{
    /// <summary>Returns the content of the file.</summary>
    public static byte[] Create(int width, int height)
    {
        byte[] header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        (header[8], header[9]) = (16, 2); // bits, and RGB
        int rowLength = 1 + (width * 6);
        byte[] rows = new byte[height * rowLength];
        for (int i = 0; i < height * width * 3; i++)
        {
            int at = (i / (width * 3) * rowLength) + 1 + (i % (width * 3) * 2);
            BinaryPrimitives.WriteUInt16BigEndian(rows.AsSpan(at), (ushort)(65535L * i / ((height * width * 3) - 1)));
        }

        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            zlib.Write(rows);
        }

        return
        [
            0x89, .. "PNG\r\n"u8, 0x1A, (byte)'\n', .. Chunk("IHDR"u8, header), .. Chunk("IDAT"u8, packed.ToArray()),
            .. Chunk("IEND"u8, [])
        ];
    }

    private static byte[] Chunk(ReadOnlySpan<byte> name, byte[] content)
    {
        byte[] named = [.. name, .. content], length = new byte[4], checksum = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, content.Length);
        BinaryPrimitives.WriteUInt32BigEndian(checksum, Crc32.HashToUInt32(named));
        return [.. length, .. named, .. checksum];
    }
}
