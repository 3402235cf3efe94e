using System.Buffers.Binary;
using System.IO.Compression;

namespace Mdf.Imaging;

/// <summary>
/// Decodes PNG files with 16 bits a channel at full precision. SkiaSharp would reduce grey files to 8 bits and colour files to half
/// precision (11 bits).
/// </summary>
internal static class Png16Decoder
{
    private const ushort Opaque = ushort.MaxValue;

    /// <summary>First column, first row, column step and row step of each of the seven passes of an interlaced image.</summary>
    private static readonly (int X, int Y, int StepX, int StepY)[] Adam7 =
        [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)];

    /// <summary>Returns the pixels as R, G, B, A in contiguous rows; alpha is not premultiplied.</summary>
    /// <exception cref="EndOfStreamException">The file is truncated.</exception>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    public static ushort[] Decode(ReadOnlySpan<byte> file, PngHeader header)
    {
        var (compressed, transparentColor) = ReadChunks(file, header);
        using var stream = new ZLibStream(compressed, CompressionMode.Decompress);
        int width = (int)header.Width, height = (int)header.Height;
        var pixels = new ushort[4L * width * height];
        foreach (var pass in header.IsInterlaced ? Adam7 : [(0, 0, 1, 1)])
        {
            ReadPass(stream, pixels, header, transparentColor, pass);
        }

        // Reading past the last row makes the stream verify its checksum, even if the checksum has not been read yet.
        _ = stream.ReadByte();
        return pixels;
    }

    private static (MemoryStream Compressed, ushort[]? TransparentColor) ReadChunks(ReadOnlySpan<byte> file, PngHeader header)
    {
        var compressed = new MemoryStream();
        ushort[]? transparentColor = null;
        var rest = file[PngHeader.SignatureLength..];
        while (rest.Length >= 8)
        {
            var length = BinaryPrimitives.ReadUInt32BigEndian(rest);
            var kind = rest.Slice(4, 4);
            if (kind.SequenceEqual("IEND"u8))
            {
                break;
            }

            if (length > rest.Length - 8)
            {
                throw new EndOfStreamException();
            }

            var body = rest.Slice(8, (int)length);
            if (kind.SequenceEqual("IDAT"u8))
            {
                compressed.Write(body);
            }
            else if (kind.SequenceEqual("tRNS"u8))
            {
                transparentColor = ReadTransparentColor(body, header.ColorType);
            }

            const int checksumLength = 4;
            rest = rest[(8 + Math.Min((int)length + checksumLength, rest.Length - 8))..];
        }

        compressed.Position = 0;
        return (compressed, transparentColor);
    }

    private static ushort[]? ReadTransparentColor(ReadOnlySpan<byte> body, PngColorType colorType)
    {
        var channels = colorType switch { PngColorType.Gray => 1, PngColorType.Rgb => 3, _ => 0 };
        if (channels == 0 || body.Length < 2 * channels)
        {
            return null;
        }

        var color = new ushort[channels];
        for (var channel = 0; channel < channels; channel++)
        {
            color[channel] = BinaryPrimitives.ReadUInt16BigEndian(body[(2 * channel)..]);
        }

        return color;
    }

    private static void ReadPass(
        Stream stream, ushort[] pixels, PngHeader header, ushort[]? transparentColor, (int X, int Y, int StepX, int StepY) pass)
    {
        var channels = ChannelCount(header.ColorType);
        int width = (int)header.Width, height = (int)header.Height;
        var columns = (width - pass.X + pass.StepX - 1) / pass.StepX;
        if (columns <= 0)
        {
            return;
        }

        var previous = new byte[2 * channels * columns];
        var current = new byte[previous.Length];
        Span<ushort> sample = stackalloc ushort[channels];
        for (var y = pass.Y; y < height; y += pass.StepY)
        {
            var filter = stream.ReadByte();
            stream.ReadExactly(current);
            PngRowFilter.Undo(filter, current, previous, 2 * channels);
            for (var column = 0; column < columns; column++)
            {
                for (var channel = 0; channel < channels; channel++)
                {
                    sample[channel] = BinaryPrimitives.ReadUInt16BigEndian(current.AsSpan(2 * ((column * channels) + channel)));
                }

                var index = 4 * (((long)y * width) + pass.X + (column * pass.StepX));
                var isGray = channels <= 2;
                pixels[index] = sample[0];
                pixels[index + 1] = sample[isGray ? 0 : 1];
                pixels[index + 2] = sample[isGray ? 0 : 2];
                pixels[index + 3] = channels % 2 == 0 ? sample[^1]
                    : transparentColor is not null && sample.SequenceEqual(transparentColor) ? (ushort)0
                    : Opaque;
            }

            (previous, current) = (current, previous);
        }
    }

    private static int ChannelCount(PngColorType colorType) => colorType switch
    {
        PngColorType.Gray => 1,
        PngColorType.GrayAlpha => 2,
        PngColorType.Rgb => 3,
        PngColorType.Rgba => 4,
        _ => throw new InvalidDataException($"PNG does not allow colour type {colorType} with 16 bits"),
    };
}
