using System.Buffers.Binary;
using System.Globalization;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text;
using Mdf.IO;

namespace Mdf.Data;

/// <summary>Keeps decoded images as raw pixels in a folder.</summary>
internal static class DecodedCache
{
    private const uint Signature = 0x4D444631;
    private const int HeaderLength = 20;

    /// <summary>Returns an image from the cache, or decodes and stores it.</summary>
    /// <param name="folder">Folder of the cache, created if missing; null for no cache.</param>
    /// <param name="decoder">Name of the decoder.</param>
    /// <param name="path">Path of the image file.</param>
    /// <param name="decode">Decodes the image.</param>
    /// <exception cref="IOException">The image or the cache cannot be read or written.</exception>
    /// <exception cref="UnauthorizedAccessException">The process has no permission.</exception>
    public static StoredImage Through(string? folder, string decoder, string path, Func<StoredImage> decode)
    {
        if (folder is null)
        {
            return decode();
        }

        string entry = Path.Combine(folder, KeyOf(decoder, path));
        if (File.Exists(entry) && Load(File.ReadAllBytes(entry)) is { } stored)
        {
            return stored;
        }

        StoredImage image = decode();
        Directory.CreateDirectory(folder);
        AtomicFile.Write(entry, stream => Save(stream, image));
        return image;
    }

    private static string KeyOf(string decoder, string path)
    {
        var file = new FileInfo(path);
        string identity = string.Create(
            CultureInfo.InvariantCulture, $"{decoder}\n{Path.GetFullPath(path)}\n{file.Length}\n{file.LastWriteTimeUtc.Ticks}");
        return Convert.ToHexStringLower(XxHash128.Hash(Encoding.UTF8.GetBytes(identity))) + ".pixels";
    }

    private static void Save(Stream stream, StoredImage image)
    {
        Span<byte> header = stackalloc byte[HeaderLength];
        ReadOnlySpan<byte> pixels = image.Bytes;
        BinaryPrimitives.WriteUInt32LittleEndian(header, Signature);
        BinaryPrimitives.WriteInt32LittleEndian(header[4..], image is ByteImage ? 0 : image.Channels);
        BinaryPrimitives.WriteInt32LittleEndian(header[8..], image.Width);
        BinaryPrimitives.WriteInt32LittleEndian(header[12..], image.Height);
        BinaryPrimitives.WriteUInt32LittleEndian(header[16..], Crc32.HashToUInt32(pixels));
        stream.Write(header);
        stream.Write(pixels);
    }

    // Null for a file that is not complete or not one of this cache; it is made anew.
    private static StoredImage? Load(byte[] file)
    {
        if (file.Length < HeaderLength || BinaryPrimitives.ReadUInt32LittleEndian(file) != Signature)
        {
            return null;
        }

        int channels = BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(4));
        int width = BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(8));
        int height = BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(12));
        ReadOnlySpan<byte> pixels = file.AsSpan(HeaderLength);
        long expected = channels == 0 ? 3L * width * height : sizeof(float) * (long)channels * width * height;
        if (channels < 0 || width < 1 || height < 1 || pixels.Length != expected
            || Crc32.HashToUInt32(pixels) != BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(16)))
        {
            return null;
        }

        return channels == 0
            ? new ByteImage(pixels.ToArray(), width, height)
            : new FloatImage(MemoryMarshal.Cast<byte, float>(pixels).ToArray(), channels, width, height);
    }
}
