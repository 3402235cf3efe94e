using System.Runtime.CompilerServices;

namespace Mdf.Models.Simd;

/// <summary>Position of a tile of a <see cref="WinogradConvolution"/>.</summary>
/// <param name="Image">Index of the image.</param>
/// <param name="Down">Index of the tile's row of tiles.</param>
/// <param name="Right">Index of the tile in that row.</param>
internal record struct WinogradPlace(int Image, int Down, int Right);

/// <summary>The tiles of a <see cref="WinogradConvolution"/> on the maps of some images, which follow each other in memory.</summary>
internal readonly unsafe struct WinogradGrid
{
    /// <summary>Zero padding.</summary>
    public readonly Margins Margins;

    /// <summary>Number of rows of an output map.</summary>
    public readonly int Rows;

    /// <summary>Number of columns of an output map.</summary>
    public readonly int Columns;

    private readonly FeatureMap first;
    private readonly int across;
    private readonly int down;

    /// <summary>Divides the output maps into tiles.</summary>
    /// <param name="first">The first image's input map.</param>
    /// <param name="margins">Zero padding.</param>
    /// <param name="side">Number of rows and columns of a tile of outputs.</param>
    /// <param name="kernel">Number of rows and columns of the kernel.</param>
    public WinogradGrid(FeatureMap first, Margins margins, int side, int kernel)
    {
        (this.first, Margins) = (first, margins);
        Rows = first.Rows - kernel + 1 + margins.Top + margins.Bottom;
        Columns = first.Columns - kernel + 1 + margins.Left + margins.Right;
        (across, down) = ((Columns + side - 1) / side, (Rows + side - 1) / side);
    }

    /// <summary>Number of tiles of an image.</summary>
    public int TilesOfImage => across * down;

    /// <summary>Returns the position of a tile.</summary>
    public WinogradPlace PlaceOf(int tile)
    {
        (int row, int right) = Math.DivRem(tile, across);
        (int image, int ofImage) = Math.DivRem(row, down);
        return new WinogradPlace(image, ofImage, right);
    }

    /// <summary>Goes to the next tile.</summary>
    /// <returns>Whether it is the first one of an image.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Advance(ref WinogradPlace place)
    {
        if (++place.Right < across)
        {
            return false;
        }

        place.Right = 0;
        if (++place.Down < down)
        {
            return false;
        }

        place.Down = 0;
        place.Image++;
        return true;
    }

    /// <summary>Returns an image's input map.</summary>
    public FeatureMap Source(int image) => first.Image(image);

    /// <summary>Returns the index of a position in the output maps.</summary>
    public long PositionOf(int image, int row, int column) => ((((long)image * Rows) + row) * Columns) + column;
}
