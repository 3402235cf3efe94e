namespace Mdf.Tiling;

/// <summary>
/// Describes maps that are computed from reduced images with zeros around: images are reduced by averaging squares of pixels, and a map's
/// position sees some reduced pixels before and after its own.
/// </summary>
/// <param name="Factor">
/// Side of the averaged squares in pixels, 1 or 2. An odd side of an image gets a row or column of zeros first.
/// </param>
/// <param name="Before">Number of reduced pixels that a position sees above and at its left.</param>
/// <param name="After">Number of reduced pixels that a position sees below and at its right.</param>
internal readonly record struct Frame(int Factor, int Before, int After)
{
    /// <summary>Returns the number of reduced pixels of a side.</summary>
    public long Reduced(long side) => (side + Factor - 1) / Factor;
}
