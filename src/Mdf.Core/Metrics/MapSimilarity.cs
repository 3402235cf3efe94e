using Mdf.TorchCompatibility;
using static TorchSharp.torch;

namespace Mdf.Metrics;

/// <summary>
/// Compares two maps position by position: the similarity <c>(2 a b + c) / (a^2 + b^2 + c)</c> that many metrics share, as its distance
/// from 1. The distance is exactly 0 for equal values and does not suffer from cancellation near them.
/// </summary>
internal static class MapSimilarity
{
    /// <summary>Returns <c>(a - b)^2 / (a^2 + b^2 - m a b + c)</c>, 1 minus the similarity.</summary>
    /// <param name="a">A map.</param>
    /// <param name="b">A map of the same shape.</param>
    /// <param name="constant">The constant c, which steadies the quotient where both maps are near 0.</param>
    /// <param name="masking">The factor m, which is taken off numerator and denominator of the similarity.</param>
    public static Tensor Deficit(Tensor a, Tensor b, double constant, double masking = 0)
    {
        Tensor squares = a.Squared().Plus(b.Squared());
        Tensor masked = masking == 0 ? squares : squares - (a * b).Times(masking);
        return (a - b).Squared() / masked.Plus(constant);
    }
}
