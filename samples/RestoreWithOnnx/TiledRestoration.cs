namespace RestoreWithOnnx;

/// <summary>
/// Restores pictures tile by tile. Tiles overlap by the radius of the network's receptive field, so the result equals that of the whole
/// picture up to rounding errors. Networks without a limited receptive field restore pictures whole.
/// </summary>
internal sealed class TiledRestoration(OnnxNetwork network, int tileSize, Action<int, int> progress, CancellationToken cancellation)
{
    private const int Turns = 8;

    /// <summary>Restores a picture.</summary>
    public Picture Restore(Picture picture)
    {
        int scale = network.Scale, overlap = network.ReceptiveRadius ?? 0;
        int tile = network.ReceptiveRadius is null ? Math.Max(picture.Height, picture.Width) : tileSize;
        Picture result = Picture.Black(picture.Channels, picture.Height * scale, picture.Width * scale);
        int all = Parts(picture.Height, tile) * Parts(picture.Width, tile), done = 0;
        for (int row = 0; row < picture.Height; row += tile)
        {
            for (int column = 0; column < picture.Width; column += tile)
            {
                cancellation.ThrowIfCancellationRequested();
                int rows = Math.Min(tile, picture.Height - row), columns = Math.Min(tile, picture.Width - column);
                int top = Math.Max(row - overlap, 0), left = Math.Max(column - overlap, 0);
                int height = Math.Min(row + rows + overlap, picture.Height) - top;
                int width = Math.Min(column + columns + overlap, picture.Width) - left;
                Picture seen = Picture.Black(picture.Channels, height, width);
                picture.CopyTo(seen, new Area(top, left, height, width), 0, 0);
                var kept = new Area((row - top) * scale, (column - left) * scale, rows * scale, columns * scale);
                network.Restore(seen).CopyTo(result, kept, row * scale, column * scale);
                progress(++done, all);
            }
        }

        return result;
    }

    /// <summary>Restores a picture in its eight orientations and averages the results.</summary>
    public Picture RestoreAllTurns(Picture picture)
    {
        Picture sum = Picture.Black(picture.Channels, picture.Height * network.Scale, picture.Width * network.Scale);
        for (int orientation = 0; orientation < Turns; orientation++)
        {
            Picture restored = Restore(picture.Turned(orientation)).TurnedBack(orientation);
            for (int i = 0; i < sum.Values.Length; i++)
            {
                sum.Values[i] += restored.Values[i] / Turns;
            }
        }

        return sum;
    }

    private static int Parts(int side, int tile) => (side + tile - 1) / tile;
}
