using System.Collections;
using System.Diagnostics.CodeAnalysis;
using TorchSharp;
using static TorchSharp.torch;

namespace Mdf.Checkpoints;

/// <summary>
/// The named tensors of a checkpoint, in the file's order, on the CPU. The dictionary owns the tensors: disposing the dictionary disposes
/// every tensor, and no <see cref="DisposeScope"/> disposes them earlier. As in PyTorch, tensors that share a storage in the file share
/// memory.
/// </summary>
public sealed class StateDictionary : IReadOnlyDictionary<string, Tensor>, IDisposable
{
    private readonly OrderedDictionary<string, Tensor> tensors;

    internal StateDictionary(OrderedDictionary<string, Tensor> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        this.tensors = tensors;
        Metadata = metadata ?? new Dictionary<string, string>();
        foreach (Tensor tensor in tensors.Values)
        {
            tensor.DetachFromDisposeScope();
        }
    }

    /// <summary>The file's metadata (safetensors' <c>__metadata__</c>); empty for formats without metadata.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>
    /// Classes and functions, such as <c>functools.partial</c>, that the file names beside the weights. None was called; their objects were
    /// read
    /// as data and left out. Empty for safetensors.
    /// </summary>
    public IReadOnlyList<string> Ignored { get; internal init; } = [];

    /// <summary>
    /// Prefix that was removed from every name, such as <c>module.</c>; empty if there was none. Prefix and key together are the name in
    /// the file.
    /// </summary>
    public string Prefix { get; internal init; } = "";

    /// <summary>
    /// Keys of the file's outermost dictionary that hold tensors, for <see cref="CheckpointReadOptions.Key"/>; empty if the file nests
    /// none.
    /// </summary>
    public IReadOnlyList<string> Candidates { get; internal init; } = [];

    /// <inheritdoc/>
    public int Count => tensors.Count;

    /// <inheritdoc/>
    public IEnumerable<string> Keys => tensors.Keys;

    /// <inheritdoc/>
    public IEnumerable<Tensor> Values => tensors.Values;

    /// <inheritdoc/>
    public Tensor this[string key] => tensors.TryGetValue(key, out Tensor? tensor)
        ? tensor
        : throw new KeyNotFoundException(
            $"The checkpoint has no tensor '{key}'. It has {string.Join(", ", Keys.Take(8))}{(Count > 8 ? ", ..." : "")}.");

    /// <summary>Moves the tensors into a dictionary whose names lack a prefix; this one is empty afterwards.</summary>
    internal StateDictionary WithoutPrefix(string prefix)
    {
        var renamed = new OrderedDictionary<string, Tensor>(tensors.Select(t => KeyValuePair.Create(t.Key[prefix.Length..], t.Value)));
        tensors.Clear();
        return new StateDictionary(renamed, Metadata) { Prefix = prefix };
    }

    /// <inheritdoc/>
    public bool ContainsKey(string key) => tensors.ContainsKey(key);

    /// <inheritdoc/>
    public bool TryGetValue(string key, [MaybeNullWhen(false)] out Tensor value) => tensors.TryGetValue(key, out value);

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, Tensor>> GetEnumerator() => tensors.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Disposes every tensor.</summary>
    public void Dispose()
    {
        foreach (Tensor tensor in tensors.Values)
        {
            tensor.Dispose();
        }

        tensors.Clear();
    }
}
