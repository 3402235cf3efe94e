using System.IO.Hashing;
using Mdf.Checkpoints.Pickle;
using static TorchSharp.torch;

namespace Mdf.Checkpoints;

/// <summary>
/// Reads PyTorch's format since 1.6: an uncompressed zip archive of one folder, with <c>data.pkl</c> and one file <c>data/KEY</c> for each
/// storage.
/// </summary>
internal static class PyTorchZipFile
{
    private const string PickleName = "data.pkl";
    private const int MaximumMarkerBytes = 16;

    public static StateDictionary Read(CheckpointSource source, CheckpointReadOptions options)
    {
        IReadOnlyDictionary<string, ZipEntry> entries = ZipDirectory.Read(source).Entries;
        ZipEntry[] pickles = [.. entries.Values.Where(e => Path.GetFileName(e.Name) == PickleName)];
        if (pickles.Length != 1)
        {
            throw source.Error(null, $"the archive has {pickles.Length} entries '{PickleName}'; a PyTorch checkpoint has exactly one.");
        }

        ZipEntry pickle = pickles[0];
        string folder = pickle.Name[..^PickleName.Length];
        if (entries.ContainsKey(folder + "constants.pkl"))
        {
            throw source.Error(null, "the file is a TorchScript archive, which holds a program; save the model's state_dict() instead.");
        }

        if (entries.TryGetValue(folder + "byteorder", out ZipEntry? order) && order.Length <= MaximumMarkerBytes
            && !source.ReadBytes(order.Offset, order.Length, order.Name).AsSpan().SequenceEqual("little"u8))
        {
            throw source.Error(order.Offset, "the file was written on a big-endian machine, which is not supported.");
        }

        CheckPickle(source, pickle);
        var input = new PickleStream(source, pickle.Offset, pickle.Length);
        var described = new Dictionary<string, PickleStorage>();
        var ignored = new List<string>();
        object? root = PickleReader.Read(input, identifier => PyTorchCheckpoint.Resolve(input, identifier, described), ignored);
        return PyTorchCheckpoint.Read(source, root, options, ignored, storage => ReadStorage(source, entries, folder, storage));
    }

    private static Tensor ReadStorage(
        CheckpointSource source, IReadOnlyDictionary<string, ZipEntry> entries, string folder, PickleStorage storage)
    {
        string name = $"{folder}data/{storage.Key}";
        if (!entries.TryGetValue(name, out ZipEntry? entry))
        {
            throw source.Error(null, $"storage '{storage.Key}' is used, but the archive has no entry '{name}'.");
        }

        int size = ElementTypes.Size(storage.Type);
        if (entry.Length / size != storage.Count || entry.Length % size != 0)
        {
            throw source.Error(
                entry.Offset, $"entry '{name}' has {entry.Length} bytes, but should hold {storage.Count} elements of {storage.Type}.");
        }

        var checksum = new Crc32();
        Tensor elements = source.ReadElements(entry.Offset, storage.Count, storage.Type, $"entry '{name}'", checksum.Append);
        CheckChecksum(source, entry, checksum);
        return elements;
    }

    private static void CheckPickle(CheckpointSource source, ZipEntry pickle)
    {
        var checksum = new Crc32();
        byte[] chunk = new byte[1 << 16];
        for (long done = 0; done < pickle.Length; done += chunk.Length)
        {
            Span<byte> part = chunk.AsSpan(0, (int)Math.Min(chunk.Length, pickle.Length - done));
            source.Read(pickle.Offset + done, part);
            checksum.Append(part);
        }

        CheckChecksum(source, pickle, checksum);
    }

    // With checksums disabled, PyTorch writes 0.
    private static void CheckChecksum(CheckpointSource source, ZipEntry entry, Crc32 checksum)
    {
        if (entry.Crc32 != 0 && entry.Crc32 != checksum.GetCurrentHashAsUInt32())
        {
            throw source.Error(entry.Offset, $"the checksum of entry '{entry.Name}' is wrong: the file is damaged.");
        }
    }
}
