namespace Mdf.Metrics;

/// <summary>Handling of the odd row or column when an image is halved.</summary>
public enum OddSides
{
    /// <summary>
    /// If either side is odd, the first row and the first column are repeated before the image is halved, as in piq. If the other side
    /// is even, its last row or column is lost.
    /// </summary>
    Replicate,

    /// <summary>The last row or column of an odd side is left out, as in plain average pooling.</summary>
    Drop,
}
