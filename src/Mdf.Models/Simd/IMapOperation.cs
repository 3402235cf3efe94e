namespace Mdf.Models.Simd;

/// <summary>Computes a map value by value.</summary>
internal interface IMapOperation
{
    /// <summary>Computes 16 channels at one position.</summary>
    /// <param name="offset">Offset of the values from the start of a contiguous map.</param>
    /// <param name="channel">Index of the first of the 16 channels.</param>
    void Run(long offset, int channel);
}
