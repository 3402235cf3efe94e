using static TorchSharp.torch;

namespace Mdf.Checkpoints.Pickle;

// The inert data that a pickle's program builds. Python's None, bool, int, float, str and bytes become null, bool, long (or
// BigInteger), double, string and byte[]; a tuple becomes object?[], a list or set List<object?>.

/// <summary>The name of a class or function. The name is never used to look up or call anything.</summary>
internal sealed record PickleGlobal(string Module, string Name)
{
    public string FullName => $"{Module}.{Name}";
}

/// <summary>
/// A dictionary in insertion order. Only items whose key is an integer or a text of at most <see cref="MaximumKeyLength"/> characters are
/// kept: no other key can name weights, and comparing other keys could take long.
/// </summary>
internal sealed class PickleDictionary
{
    /// <summary>Maximum length of a text key, in characters.</summary>
    public const int MaximumKeyLength = 1024;

    private readonly OrderedDictionary<object, object?> items = new(SeededComparer.Instance);

    public IEnumerable<KeyValuePair<object, object?>> Items => items;

    public object? this[string key] => items.GetValueOrDefault(key);

    public void Set(object? key, object? value)
    {
        if (key is string { Length: <= MaximumKeyLength } or long)
        {
            items[key] = value;
        }
    }
}

/// <summary>An object of an unknown class: the class's name and the state stored in the file.</summary>
internal sealed class PickleObject(PickleGlobal type)
{
    public PickleGlobal Type { get; } = type;

    /// <summary>The object's attributes, usually a <see cref="PickleDictionary"/>.</summary>
    public object? State { get; set; }

    /// <summary>The object's items if its class is derived from dict; otherwise null.</summary>
    public PickleDictionary? Items { get; set; }

    /// <summary>
    /// Whether the file makes the object of a tensor's or storage's data, which is lost with it (sparse and quantised tensors).
    /// </summary>
    public bool HoldsTensorData { get; init; }
}

/// <summary>Description of a storage: the elements of one or more tensors, which the file keeps outside the pickle.</summary>
/// <param name="Type">Element type.</param>
/// <param name="Key">Name of the storage in the file.</param>
/// <param name="Count">Length of the storage in elements.</param>
/// <param name="ViewOffset">First element of the view; nonzero in very old files only.</param>
/// <param name="ViewCount">Length of the view in elements.</param>
/// <param name="UnsupportedType">Class of the storage if its element type cannot be read; otherwise null.</param>
/// <param name="UnsupportedSize">Bytes of an element of an unsupported type.</param>
internal sealed record PickleStorage(
    ScalarType Type, string Key, long Count, long ViewOffset, long ViewCount, string? UnsupportedType = null, int UnsupportedSize = 0)
{
    /// <summary>Bytes of an element.</summary>
    public int ElementSize => UnsupportedType is null ? ElementTypes.Size(Type) : UnsupportedSize;
}

/// <summary>A tensor as a strided view, checked to lie within its storage.</summary>
internal sealed record PickleTensor(PickleStorage Storage, long Start, long[] Shape, long[] Strides);
