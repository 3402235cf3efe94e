namespace Mdf.Metrics;

/// <summary>What becomes of the odd row or column when an image is halved.</summary>
public enum OddSides
{
    /// <summary>
    /// Where either side is odd, the first row and the first column are repeated before the image is halved, as piq does. A side that
    /// is even then loses its last row or column.
    /// </summary>
    Replicate,

    /// <summary>The last row or column is left out, as plain average pooling does.</summary>
    Drop,
}
