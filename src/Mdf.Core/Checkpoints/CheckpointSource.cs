using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Mdf.Checkpoints;

/// <summary>A checkpoint's bytes. Every read is checked against the file's length before memory is allocated.</summary>
internal sealed class CheckpointSource
{
    private const int ChunkBytes = 1 << 24;
    private const int MaximumReasonLength = 1000;

    private readonly Stream stream;

    public CheckpointSource(Stream stream, string name)
    {
        this.stream = stream;
        Name = name;
        Length = stream.Length;
    }

    public string Name { get; }

    public long Length { get; }

    /// <summary>
    /// Creates an exception for the caller to throw. The reason is shortened and its control characters are replaced, because names in a
    /// file can be long and unprintable.
    /// </summary>
    public CheckpointFormatException Error(long? offset, string reason, Exception? inner = null)
    {
        string start = reason.Length <= MaximumReasonLength ? reason : $"{reason[..MaximumReasonLength]}...";
        return new CheckpointFormatException(Name, offset, string.Concat(start.Select(c => char.IsControl(c) ? '?' : c)), inner);
    }

    /// <summary>Throws unless the byte range lies within the file.</summary>
    public void Check(long offset, long count, string what)
    {
        if (offset < 0 || count < 0 || offset > Length - count)
        {
            throw Error(
                Math.Clamp(offset, 0, Length), $"{what} is given as {count} bytes at byte {offset}, outside the file of {Length} bytes.");
        }
    }

    public void Read(long offset, Span<byte> destination)
    {
        stream.Position = offset;
        if (stream.ReadAtLeast(destination, destination.Length, throwOnEndOfStream: false) < destination.Length)
        {
            throw Error(offset, "the file ended while it was read.");
        }
    }

    public byte[] ReadBytes(long offset, long count, string what)
    {
        Check(offset, count, what);
        if (count > Array.MaxLength)
        {
            throw Error(offset, $"{what} of {count} bytes is too long; at most {Array.MaxLength} bytes can be read.");
        }

        var bytes = new byte[count];
        Read(offset, bytes);
        return bytes;
    }

    /// <summary>Reads elements into a new one-dimensional tensor and passes every chunk of bytes to <paramref name="onChunk"/>.</summary>
    public Tensor ReadElements(long offset, long count, ScalarType dtype, string what, Action<ReadOnlySpan<byte>>? onChunk = null)
    {
        long size = ElementTypes.Size(dtype);
        if (count > long.MaxValue / size)
        {
            throw Error(offset, $"{what} is given {count} elements, more than any file can hold.");
        }

        Check(offset, count * size, what);
        Tensor tensor = Allocate(offset, count, dtype, what);
        for (long done = 0, step = ChunkBytes / size; done < count; done += step)
        {
            using Tensor part = tensor.narrow(0, done, Math.Min(step, count - done));
            Span<byte> bytes = part.bytes;
            Read(offset + (done * size), bytes);
            onChunk?.Invoke(bytes);
            if (dtype == ScalarType.Bool)
            {
                // libtorch assumes that a bool is stored as 0 or 1.
                for (int i = 0; i < bytes.Length; i++)
                {
                    bytes[i] = bytes[i] == 0 ? (byte)0 : (byte)1;
                }
            }
        }

        return tensor;
    }

    // The length check does not bound memory: a sparse file can be far longer than the disk space it occupies.
    private Tensor Allocate(long offset, long count, ScalarType dtype, string what)
    {
        try
        {
            return torch.empty(count, dtype: dtype, device: CPU);
        }
        catch (ExternalException e)
        {
            throw Error(offset, $"{what} has {count} elements of type {dtype}; there is not enough memory for them.", e);
        }
    }
}
