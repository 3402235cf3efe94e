namespace Mdf.Imaging;

/// <summary>Reads rows of interleaved pixels, which need not be contiguous in memory.</summary>
/// <typeparam name="T">Type of a channel's value.</typeparam>
internal interface IPixelReader<T>
{
    /// <summary>Copies a row.</summary>
    /// <param name="row">Index of the row.</param>
    /// <param name="destination">Receives the pixels of the row.</param>
    void Read(int row, Span<T> destination);
}
