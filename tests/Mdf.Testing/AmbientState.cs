using System.Globalization;
using static TorchSharp.torch;

namespace Mdf.Testing;

/// <summary>Changes state of libtorch or of the process that results must not depend on, until it is disposed.</summary>
public sealed class AmbientState : IDisposable
{
    private readonly Action restore;

    private AmbientState(Action restore) => this.restore = restore;

    /// <summary>Names of all states.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        "inference mode", "no gradients", "default type float64", "default type bfloat16", "default type float16", "decimal comma",
    ];

    /// <summary>Changes a state.</summary>
    public static AmbientState Enter(string name) => name switch
    {
        "inference mode" => new(inference_mode(true).Dispose),
        "no gradients" => new(no_grad().Dispose),
        "default type float64" => DefaultType(ScalarType.Float64),
        "default type bfloat16" => DefaultType(ScalarType.BFloat16),
        "default type float16" => DefaultType(ScalarType.Float16),
        "decimal comma" => DecimalComma(),
        _ => throw new ArgumentException($"There is no state '{name}'.", nameof(name)),
    };

    public void Dispose() => restore();

    private static AmbientState DefaultType(ScalarType type)
    {
        ScalarType before = get_default_dtype();
        set_default_dtype(type);
        return new(() => set_default_dtype(before));
    }

    private static AmbientState DecimalComma()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        var comma = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        comma.NumberFormat.NumberDecimalSeparator = ",";
        CultureInfo.CurrentCulture = comma;
        return new(() => CultureInfo.CurrentCulture = before);
    }
}
