namespace Mdf.Models.Restoration;

/// <summary>Size and overlap of the tiles of <see cref="TiledInference"/>. Setting an invalid value throws.</summary>
public sealed record TilingOptions
{
    /// <summary>
    /// Side of a tile without its overlap, in pixels of the input; at least 1. Default: null, which restores float32 images on a CPU with
    /// AVX2 or AVX-512 from top to bottom without tiles, and others in tiles of 256 pixels.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public int? TileSize
    {
        get;
        init => field = value is null or >= 1
            ? value
            : throw new ArgumentOutOfRangeException(nameof(TileSize), $"Expected at least 1 pixel, got {value}.");
    }

    /// <summary>
    /// Number of input pixels around a tile that are processed with it; at least 0. Default: null, which uses the network's
    /// <see cref="RestorationNetwork.ReceptiveRadius"/> and gives the result of the whole image. A smaller overlap is faster, but results
    /// differ near the borders of tiles.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 0.</exception>
    public int? Overlap
    {
        get;
        init => field = value is null or >= 0
            ? value
            : throw new ArgumentOutOfRangeException(nameof(Overlap), $"Expected at least 0 pixels, got {value}.");
    }
}
