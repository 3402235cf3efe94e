using Mdf.Checkpoints.Pickle;
using static TorchSharp.torch;

namespace Mdf.Checkpoints;

/// <summary>The steps that PyTorch's zip format and legacy format share: resolving storages and creating the tensors.</summary>
internal static class PyTorchCheckpoint
{
    private const string ModulePrefix = "module.";

    /// <summary>Names the tensors in the pickle's root object and reads the storages that the tensors use.</summary>
    /// <param name="source">The file.</param>
    /// <param name="root">The root object that the pickle built.</param>
    /// <param name="options">The caller's options.</param>
    /// <param name="readStorage">Reads the elements of a storage.</param>
    public static StateDictionary Read(
        CheckpointSource source, object? root, CheckpointReadOptions options, Func<PickleStorage, Tensor> readStorage)
    {
        using var scope = NewDisposeScope();
        OrderedDictionary<string, PickleTensor> described = PickledTensors.Find(source, root, options);
        var storages = new Dictionary<string, Tensor>();
        var tensors = new OrderedDictionary<string, Tensor>(described.Count);
        bool strip = options.StripModulePrefix
            && described.Keys.All(n => n.StartsWith(ModulePrefix, StringComparison.Ordinal) && n.Length > ModulePrefix.Length);

        foreach ((string name, PickleTensor tensor) in described)
        {
            if (!storages.TryGetValue(tensor.Storage.Key, out Tensor? elements))
            {
                elements = readStorage(tensor.Storage);
                storages.Add(tensor.Storage.Key, elements);
            }

            // A view, not a copy: tensors that share a storage share its memory, so a small file cannot demand much memory.
            tensors.Add(strip ? name[ModulePrefix.Length..] : name, elements.as_strided(tensor.Shape, tensor.Strides, tensor.Start));
        }

        return new StateDictionary(tensors);
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
                if (type.Module != "torch" || ElementTypes.FromPyTorchStorage(type.Name) is not { } dtype)
                {
                    throw input.Error($"a storage is of type '{type.FullName}', which is not supported.");
                }

                PickleStorage storage = Describe(input, storages, new PickleStorage(dtype, key, count, 0, count));
                return parts is [.., object?[] and [string, long offset, long length]] ? View(input, storage, offset, length) : storage;
            case object?[] and ["module", PickleGlobal type, ..]:
                return type;
            default:
                throw input.Error("the pickle refers to something that is neither a storage nor a module.");
        }
    }

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
