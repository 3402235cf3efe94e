using Lanes = System.Runtime.Intrinsics.Vector512<float>;

namespace Mdf.Models.Simd;

/// <summary>Processes and stores a convolution's outputs while they are still in registers.</summary>
internal interface IEpilogue
{
    /// <summary>Stores the outputs of 16 channels at one position.</summary>
    /// <param name="outputs">The convolution's outputs, without bias.</param>
    /// <param name="offset">Offset of the outputs from the start of a contiguous map.</param>
    /// <param name="row">Row of the position.</param>
    /// <param name="column">Column of the position.</param>
    /// <param name="channel">Index of the first of the 16 channels.</param>
    void Store(Lanes outputs, long offset, int row, int column, int channel);
}
