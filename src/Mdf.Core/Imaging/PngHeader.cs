using System.Buffers.Binary;

namespace Mdf.Imaging;

/// <summary>Content of the IHDR chunk of a PNG file.</summary>
internal readonly record struct PngHeader(uint Width, uint Height, byte BitDepth, PngColorType ColorType, bool IsInterlaced)
{
    public const int SignatureLength = 8;
    private const int BodyOffset = SignatureLength + 8;
    private const int BodyLength = 13;

    public static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', (byte)'\r', (byte)'\n', 0x1A, (byte)'\n'];

    public static PngHeader? TryRead(ReadOnlySpan<byte> file)
    {
        if (!file.StartsWith(Signature)
            || file.Length < BodyOffset + BodyLength
            || !file.Slice(SignatureLength + 4, 4).SequenceEqual("IHDR"u8))
        {
            return null;
        }

        var body = file.Slice(BodyOffset, BodyLength);
        return new PngHeader(
            BinaryPrimitives.ReadUInt32BigEndian(body),
            BinaryPrimitives.ReadUInt32BigEndian(body[4..]),
            body[8],
            (PngColorType)body[9],
            body[12] != 0);
    }
}
