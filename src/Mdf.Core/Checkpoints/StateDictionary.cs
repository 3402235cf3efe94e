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
