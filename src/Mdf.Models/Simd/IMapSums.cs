using Lanes = System.Runtime.Intrinsics.Vector512<float>;

namespace Mdf.Models.Simd;

/// <summary>Computes values to be summed over the positions of maps.</summary>
internal interface IMapSums
{
    /// <summary>Returns up to three values of 16 channels at one position.</summary>
    /// <param name="offset">Offset of the values from the start of a contiguous map.</param>
    /// <param name="channel">Index of the first of the 16 channels.</param>
    (Lanes First, Lanes Second, Lanes Third) At(long offset, int channel);
}
