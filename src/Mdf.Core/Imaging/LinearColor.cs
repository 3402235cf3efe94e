namespace Mdf.Imaging;

/// <summary>A colour to calculate with.</summary>
internal readonly record struct LinearColor(double Red, double Green, double Blue)
{
    public static LinearColor operator +(LinearColor a, LinearColor b) => new(a.Red + b.Red, a.Green + b.Green, a.Blue + b.Blue);

    public static LinearColor operator *(LinearColor color, double factor)
        => new(color.Red * factor, color.Green * factor, color.Blue * factor);
}
