using Mdf.Checkpoints.Pickle;
using static TorchSharp.torch;

namespace Mdf.Checkpoints;

/// <summary>The steps that PyTorch's zip format and legacy format share: resolving storages and creating the tensors.</summary>
internal static class PyTorchCheckpoint
{
    /// <summary>Names the tensors in the pickle's root object and reads the storages that the tensors use.</summary>
    /// <param name="source">The file.</param>
    /// <param name="root">The root object that the pickle built.</param>
    /// <param name="options">The caller's options.</param>
    /// <param name="ignored">Classes and functions of the file that were not called.</param>
    /// <param name="readStorage">Reads the elements of a storage.</param>
    public static StateDictionary Read(
        CheckpointSource source,
        object? root,
        CheckpointReadOptions options,
        IReadOnlyList<string> ignored,
        Func<PickleStorage, Tensor> readStorage)
    {
        using var scope = NewDisposeScope();
        OrderedDictionary<string, PickleTensor> described = PickledTensors.Find(
            source, root, options, ignored, out IReadOnlyList<string> candidates);
        var storages = new Dictionary<string, Tensor>();
        var tensors = new OrderedDictionary<string, Tensor>(described.Count);
        string prefix = options.StripPrefixes ? WrapperPrefix.Of(described.Keys) : "";

        foreach ((string name, PickleTensor tensor) in described)
        {
            if (!storages.TryGetValue(tensor.Storage.Key, out Tensor? elements))
            {
                elements = readStorage(tensor.Storage);
                storages.Add(tensor.Storage.Key, elements);
            }

            // A view, not a copy: tensors that share a storage share its memory, so a small file cannot demand much memory.
            tensors.Add(name[prefix.Length..], elements.as_strided(tensor.Shape, tensor.Strides, tensor.Start));
        }

        return new StateDictionary(tensors) { Prefix = prefix, Ignored = ignored, Candidates = candidates };
    }

    /// <summary>
    /// Resolves a pickle's persistent identifier: ('storage', type, key, location, count and, in legacy files, a view) or, in legacy
    /// files only, ('module', class, source file, source text), whose source is ignored. The location, such as <c>cuda:0</c>, is ignored
    /// too: storages are read to the CPU.
    /// </summary>
    public static object? Resolve(PickleStream input, object? identifier, Dictionary<string, PickleStorage> storages)
    {
        switch (identifier)
        {
            case object?[] { Length: 5 or 6 } parts and ["storage", PickleGlobal type, string key, string, long count, ..]:
                PickleStorage storage = Describe(input, storages, StorageOf(input, type, key, count));
                return parts is [.., object?[] and [string, long offset, long length]] ? View(input, storage, offset, length) : storage;
            case object?[] and ["module", PickleGlobal type, ..]:
                return type;
            default:
                throw input.Error("the pickle refers to something that is neither a storage nor a module.");
        }
    }

    private static PickleStorage StorageOf(PickleStream input, PickleGlobal type, string key, long count) =>
        type.Module is "torch" or "torch.storage" && ElementTypes.FromPyTorchStorage(type.Name) is { } known
            ? new PickleStorage(known, key, count, 0, count)
            : ElementTypes.SizeOfUnsupported(type.Name) is { } size
            ? new PickleStorage(default, key, count, 0, count, type.Name, size)
            : throw input.Error($"a storage is of type '{type.FullName}', which is not supported.");

    private static PickleStorage Describe(PickleStream input, Dictionary<string, PickleStorage> storages, PickleStorage storage)
    {
        if (storage.Count < 0)
        {
            throw input.Error($"storage '{storage.Key}' is given {storage.Count} elements; expected 0 or more.");
        }

        if (storages.TryAdd(storage.Key, storage))
        {
            return storage;
        }

        PickleStorage first = storages[storage.Key];
        return first == storage
            ? first
            : throw input.Error(
                $"storage '{storage.Key}' is described both as {first.Count} elements of {first.Type} "
                + $"and as {storage.Count} of {storage.Type}.");
    }

    private static PickleStorage View(PickleStream input, PickleStorage storage, long offset, long length) =>
        offset >= 0 && length >= 0 && offset <= storage.Count - length
            ? storage with { ViewOffset = offset, ViewCount = length }
            : throw input.Error(
                $"a view of {length} elements from {offset} on reaches outside storage '{storage.Key}' of {storage.Count} elements.");
}
