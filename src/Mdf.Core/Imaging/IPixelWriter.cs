namespace Mdf.Imaging;

/// <summary>Writes rows of interleaved pixels, which need not be contiguous in memory.</summary>
/// <typeparam name="T">Type of a channel's value.</typeparam>
internal interface IPixelWriter<T>
{
    /// <summary>Writes a row.</summary>
    /// <param name="row">Index of the row.</param>
    /// <param name="pixels">The pixels of the row.</param>
    void Write(int row, ReadOnlySpan<T> pixels);
}
