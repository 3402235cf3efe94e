using static TorchSharp.torch;

namespace Mdf.Checkpoints;

/// <summary>The supported element types, their sizes in bytes and their names in each format.</summary>
internal static class ElementTypes
{
    private static readonly (ScalarType Type, int Size, string Safetensors, string PyTorchStorage)[] All =
    [
        (ScalarType.Float32, 4, "F32", "FloatStorage"),
        (ScalarType.Float64, 8, "F64", "DoubleStorage"),
        (ScalarType.Float16, 2, "F16", "HalfStorage"),
        (ScalarType.BFloat16, 2, "BF16", "BFloat16Storage"),
        (ScalarType.Int64, 8, "I64", "LongStorage"),
        (ScalarType.Int32, 4, "I32", "IntStorage"),
        (ScalarType.Int16, 2, "I16", "ShortStorage"),
        (ScalarType.Int8, 1, "I8", "CharStorage"),
        (ScalarType.Byte, 1, "U8", "ByteStorage"),
        (ScalarType.Bool, 1, "BOOL", "BoolStorage"),
    ];

    // Storages whose tensors are not read, but whose bytes must be stepped over.
    private static readonly Dictionary<string, int> Unsupported = new()
    {
        ["ComplexFloatStorage"] = 8,
        ["ComplexDoubleStorage"] = 16,
        ["QUInt8Storage"] = 1,
        ["QInt8Storage"] = 1,
        ["QInt32Storage"] = 4,
        ["QUInt4x2Storage"] = 1,
        ["QUInt2x4Storage"] = 1,
    };

    public static string SafetensorsNames { get; } = string.Join(", ", All.Select(t => t.Safetensors));

    public static int Size(ScalarType type) => Array.Find(All, t => t.Type == type).Size;

    public static ScalarType? FromSafetensors(string? name) => Nullable(Array.Find(All, t => t.Safetensors == name));

    /// <summary>Returns the element size of a storage whose tensors are not read; null if the storage is unknown.</summary>
    public static int? SizeOfUnsupported(string storage) => Unsupported.TryGetValue(storage, out int size) ? size : null;

    public static ScalarType? FromPyTorchStorage(string name) => Nullable(Array.Find(All, t => t.PyTorchStorage == name));

    public static string? ToSafetensors(ScalarType type) => Array.Find(All, t => t.Type == type).Safetensors;

    private static ScalarType? Nullable((ScalarType Type, int Size, string, string) found) => found.Size == 0 ? null : found.Type;
}
