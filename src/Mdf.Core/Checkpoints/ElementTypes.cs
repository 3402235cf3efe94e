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

    public static string SafetensorsNames { get; } = string.Join(", ", All.Select(t => t.Safetensors));

    public static int Size(ScalarType type) => Array.Find(All, t => t.Type == type).Size;

    public static ScalarType? FromSafetensors(string? name) => Nullable(Array.Find(All, t => t.Safetensors == name));

    public static ScalarType? FromPyTorchStorage(string name) => Nullable(Array.Find(All, t => t.PyTorchStorage == name));

    public static string? ToSafetensors(ScalarType type) => Array.Find(All, t => t.Type == type).Safetensors;

    private static ScalarType? Nullable((ScalarType Type, int Size, string, string) found) => found.Size == 0 ? null : found.Type;
}
