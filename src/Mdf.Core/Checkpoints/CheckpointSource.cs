using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Mdf.Checkpoints;

/// <summary>A checkpoint's bytes. Every read is checked against the length before memory is taken.</summary>
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

    /// <summary>An error for the caller to throw. Names in a file can be long and unprintable; its reason is short and of one line.</summary>
    public CheckpointFormatException Error(long? offset, string reason, Exception? inner = null)
    {
        string start = reason.Length <= MaximumReasonLength ? reason : $"{reason[..MaximumReasonLength]}...";
        return new CheckpointFormatException(Name, offset, string.Concat(start.Select(c => char.IsControl(c) ? '?' : c)), inner);
    }

    /// <summary>Fails unless the range lies within the file.</summary>
    public void Check(long offset, long count, string what)
    {
        if (offset < 0 || count < 0 || offset > Length - count)
        {
            throw Error(Math.Clamp(offset, 0, Length), $"{what} is said to be {count} bytes long at byte {offset}, outside the file of {Length} bytes.");
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
            throw Error(offset, $"{what} of {count} bytes is too long.");
        }

        var bytes = new byte[count];
        Read(offset, bytes);
        return bytes;
    }

    /// <summary>Reads elements into a new one-dimensional tensor. <paramref name="onChunk"/> sees the bytes as they pass.</summary>
    public Tensor ReadElements(long offset, long count, ScalarType dtype, string what, Action<ReadOnlySpan<byte>>? onChunk = null)
    {
        long size = ElementTypes.Size(dtype);
        if (count > long.MaxValue / size)
        {
            throw Error(offset, $"{what} is said to have {count} elements.");
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
                // libtorch takes it for granted that a bool is 0 or 1.
                for (int i = 0; i < bytes.Length; i++)
                {
                    bytes[i] = bytes[i] == 0 ? (byte)0 : (byte)1;
                }
            }
        }

        return tensor;
    }

    // A sparse file can be far longer than what it takes on the disk.
    private Tensor Allocate(long offset, long count, ScalarType dtype, string what)
    {
        try
        {
            return torch.empty(count, dtype: dtype, device: CPU);
        }
        catch (ExternalException e)
        {
            throw Error(offset, $"{what} has {count} elements of {dtype}, for which there is not enough memory.", e);
        }
    }
}
