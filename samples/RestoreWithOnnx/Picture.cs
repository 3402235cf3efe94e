namespace RestoreWithOnnx;

/// <summary>A picture as float32 planes, row by row, with values in [0, 1].</summary>
/// <param name="Channels">Number of planes: 3 for RGB, 1 for grey.</param>
/// <param name="Height">Number of rows.</param>
/// <param name="Width">Number of columns.</param>
/// <param name="Values">The planes one after the other.</param>
internal sealed record Picture(int Channels, int Height, int Width, float[] Values)
{
    // BT.601, as JPEG, Pillow and OpenCV have it.
    private static readonly float[] GrayWeights = [0.299f, 0.587f, 0.114f];

    /// <summary>Creates a black picture.</summary>
    public static Picture Black(int channels, int height, int width) =>
        new(channels, height, width, new float[checked(channels * height * width)]);

    /// <summary>Converts RGB to grey.</summary>
    public Picture ToGray()
    {
        Picture gray = Black(1, Height, Width);
        int plane = Height * Width;
        for (int i = 0; i < plane; i++)
        {
            for (int c = 0; c < Channels; c++)
            {
                gray.Values[i] += GrayWeights[c] * Values[(c * plane) + i];
            }
        }

        return gray;
    }

    /// <summary>Copies a part of the picture into another picture.</summary>
    public void CopyTo(Picture target, Area from, int toRow, int toColumn)
    {
        for (int c = 0; c < Channels; c++)
        {
            for (int row = 0; row < from.Rows; row++)
            {
                Values.AsSpan((((c * Height) + from.Row + row) * Width) + from.Column, from.Columns)
                    .CopyTo(target.Values.AsSpan((((c * target.Height) + toRow + row) * target.Width) + toColumn));
            }
        }
    }

    /// <summary>Flips the picture vertically (bit 0), horizontally (bit 1), then exchanges rows and columns (bit 2).</summary>
    public Picture Turned(int orientation)
    {
        bool flipsRows = (orientation & 1) != 0, flipsColumns = (orientation & 2) != 0, exchanges = (orientation & 4) != 0;
        Picture turned = exchanges ? Black(Channels, Width, Height) : Black(Channels, Height, Width);
        for (int c = 0; c < Channels; c++)
        {
            for (int row = 0; row < Height; row++)
            {
                int toRow = flipsRows ? Height - 1 - row : row;
                for (int column = 0; column < Width; column++)
                {
                    int toColumn = flipsColumns ? Width - 1 - column : column;
                    (int y, int x) = exchanges ? (toColumn, toRow) : (toRow, toColumn);
                    turned.Values[(((c * turned.Height) + y) * turned.Width) + x] = Values[(((c * Height) + row) * Width) + column];
                }
            }
        }

        return turned;
    }

    /// <summary>Undoes <see cref="Turned"/>.</summary>
    public Picture TurnedBack(int orientation)
    {
        bool exchanges = (orientation & 4) != 0;
        int flips = orientation & 3;
        return (exchanges ? Turned(4) : this).Turned(flips);
    }
}
