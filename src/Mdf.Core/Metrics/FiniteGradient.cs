using Mdf.TorchCompatibility;
using static TorchSharp.torch;

namespace Mdf.Metrics;

/// <summary>Powers below 1 with a gradient that is finite everywhere.</summary>
internal static class FiniteGradient
{
    /// <summary>Returns values to a power. Values of zero and below give zero with a zero gradient. NaN stays NaN.</summary>
    public static Tensor Power(Tensor values, double exponent)
    {
        // The gradient of the power itself is infinite at zero.
        Tensor isZero = values.IsAtMost(0);
        return where(isZero, zeros_like(values), where(isZero, ones_like(values), values).ToThe(exponent));
    }

    /// <summary>Returns square roots, as <see cref="Power"/> does.</summary>
    public static Tensor Root(Tensor values) => Power(values, 0.5);
}
