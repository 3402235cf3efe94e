using static TorchSharp.torch;

namespace Mdf.Checkpoints.Pickle;

// What a pickle's program builds, as inert data. Python's None, bool, int, float, str and bytes become null, bool, long (or
// BigInteger), double, string and byte[]; a tuple becomes object?[], a list or set List<object?>.

/// <summary>A class or function by name. Nothing is ever looked up or called by it.</summary>
internal sealed record PickleGlobal(string Module, string Name)
{
    public string FullName => $"{Module}.{Name}";
}

/// <summary>
/// A dictionary in insertion order. Items whose key is neither a text of up to <see cref="MaximumKeyLength"/> characters nor an integer
/// name no weights and are left out: comparing other keys could take long.
/// </summary>
internal sealed class PickleDictionary
{
    /// <summary>The longest text that is taken as a key.</summary>
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

/// <summary>An object of a class that is not known: its name and what the file says of it.</summary>
internal sealed class PickleObject(PickleGlobal type)
{
    public PickleGlobal Type { get; } = type;

    /// <summary>The attributes, as a rule a <see cref="PickleDictionary"/>.</summary>
    public object? State { get; set; }

    /// <summary>The items, for a class derived from dict.</summary>
    public PickleDictionary? Items { get; set; }
}

/// <summary>A tensor's memory in the file, of which only the description stands in the pickle.</summary>
/// <param name="Type">The element type.</param>
/// <param name="Key">The name of the storage in the file.</param>
/// <param name="Count">Its length in elements.</param>
/// <param name="ViewOffset">Where the part that is meant begins; other than 0 in very old files only.</param>
/// <param name="ViewCount">The length of that part.</param>
internal sealed record PickleStorage(ScalarType Type, string Key, long Count, long ViewOffset, long ViewCount);

/// <summary>A tensor as a strided view of a storage, checked to lie within it.</summary>
internal sealed record PickleTensor(PickleStorage Storage, long Start, long[] Shape, long[] Strides);
