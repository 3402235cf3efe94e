using Lanes = System.Runtime.Intrinsics.Vector512<float>;

namespace Mdf.Models.Simd;

/// <summary>What becomes of a convolution's outputs while they are in registers.</summary>
internal interface IEpilogue
{
    /// <summary>Stores the outputs of 16 channels at a position.</summary>
    /// <param name="outputs">The convolution's, without bias.</param>
    /// <param name="offset">Of their place in a map without gaps.</param>
    /// <param name="row">The position's row.</param>
    /// <param name="column">The position's column.</param>
    /// <param name="channel">The first of the channels.</param>
    void Store(Lanes outputs, long offset, int row, int column, int channel);
}
