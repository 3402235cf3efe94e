namespace Mdf.Models.Restoration;

/// <summary>Settings of <see cref="TiledInference"/>.</summary>
public sealed record TilingOptions
{
    /// <summary>The side of a tile without its overlap, in pixels of the input. Default: 256. Range: at least 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public int TileSize
    {
        get;
        init => field = value >= 1
            ? value
            : throw new ArgumentOutOfRangeException(nameof(TileSize), $"Expected at least 1 pixel, got {value}.");
    } = 256;

    /// <summary>
    /// How many pixels of the input around a tile the network sees too. Default: null, which takes the network's
    /// <see cref="RestorationNetwork.ReceptiveRadius"/> and gives what the whole image would; less is faster and differs near the tiles'
    /// borders. Range: at least 0.
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
