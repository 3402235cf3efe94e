using System.Buffers.Binary;
using System.Numerics;
using Mdf.Checkpoints.Pickle;

namespace Mdf.Checkpoints;

/// <summary>
/// Reads PyTorch's format before 1.6: five pickles (a magic number, the protocol 1001, facts about the machine, the object, the storages'
/// keys), followed by each storage's length in elements and its bytes.
/// </summary>
internal static class PyTorchLegacyFile
{
    private const long Protocol = 1001;

    private static readonly BigInteger Magic = BigInteger.Parse("1950a86a20f9469cfc6c", System.Globalization.NumberStyles.HexNumber, null);

    // The magic number as pickles of protocols 2 to 5 and of protocols 0 and 1 hold it.
    private static readonly byte[] MagicOperation = [0x8a, 0x0a, .. Magic.ToByteArray()];
    private static readonly byte[] MagicLine = [.. "L119547037146038801333356L\n"u8];

    /// <summary>Length of the longest beginning that <see cref="IsStart"/> needs.</summary>
    public const int StartLength = 32;

    /// <summary>Returns whether a file begins with a pickle of the magic number, of any protocol.</summary>
    public static bool IsStart(ReadOnlySpan<byte> start)
    {
        // PROTO and its number, then FRAME and its length from protocol 4 on.
        ReadOnlySpan<byte> rest = start is [0x80, >= 2 and <= 5, ..] ? start[2..] : start;
        rest = rest is [0x95, ..] && rest.Length > 9 ? rest[9..] : rest;
        return rest.StartsWith(MagicOperation) || rest.StartsWith(MagicLine);
    }

    public static StateDictionary Read(CheckpointSource source, CheckpointReadOptions options)
    {
        var input = new PickleStream(source, 0, source.Length);
        if (PickleReader.Read(input, Refuse(input)) is not BigInteger magic || magic != Magic)
        {
            throw source.Error(0, "the file is a pickle, but lacks the magic number of a PyTorch checkpoint.");
        }

        if (PickleReader.Read(input, Refuse(input)) is not Protocol)
        {
            throw source.Error(input.Position, $"the file is not of protocol {Protocol}, the only one of PyTorch's legacy format.");
        }

        if (PickleReader.Read(input, Refuse(input)) is PickleDictionary machine && machine["little_endian"] is false)
        {
            throw source.Error(input.Position, "the file was written on a big-endian machine, which is not supported.");
        }

        var described = new Dictionary<string, PickleStorage>();
        var ignored = new List<string>();
        object? root = PickleReader.Read(input, identifier => PyTorchCheckpoint.Resolve(input, identifier, described), ignored);
        Dictionary<string, long> places = LocateStorages(source, input, described);
        return PyTorchCheckpoint.Read(source, root, options, ignored, storage => places.TryGetValue(storage.Key, out long place)
            ? source.ReadElements(place, storage.Count, storage.Type, $"storage '{storage.Key}'")
            : throw source.Error(null, $"storage '{storage.Key}' is used but missing from the file."));
    }

    private static Func<object?, object?> Refuse(PickleStream input) =>
        _ => throw input.Error("the file refers to a storage outside the pickle of its object.");

    private static Dictionary<string, long> LocateStorages(
        CheckpointSource source, PickleStream input, Dictionary<string, PickleStorage> described)
    {
        if (PickleReader.Read(input, Refuse(input)) is not List<object?> keys)
        {
            throw source.Error(input.Position, "the file's list of storages is missing.");
        }

        var places = new Dictionary<string, long>();
        long at = input.Position;
        Span<byte> length = stackalloc byte[sizeof(long)];
        foreach (object? item in keys)
        {
            if (item is not string key || !described.TryGetValue(key, out PickleStorage? storage))
            {
                throw source.Error(at, $"the file lists a storage '{item}' that its pickle does not describe.");
            }

            source.Check(at, sizeof(long), $"the length of storage '{key}'");
            source.Read(at, length);
            long count = BinaryPrimitives.ReadInt64LittleEndian(length);
            if (count != storage.Count || !places.TryAdd(key, at + sizeof(long)))
            {
                throw source.Error(at, $"storage '{key}' of {storage.Count} elements is stored twice or with {count} elements.");
            }

            long bytes = count * storage.ElementSize;
            source.Check(at + sizeof(long), bytes, $"storage '{key}'");
            at += sizeof(long) + bytes;
        }

        return places;
    }
}
