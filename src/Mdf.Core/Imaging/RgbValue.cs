namespace Mdf.Imaging;

/// <summary>An RGB colour that supports arithmetic, with values as stored in images.</summary>
internal readonly record struct RgbValue(double Red, double Green, double Blue)
{
    public static RgbValue operator +(RgbValue a, RgbValue b) => new(a.Red + b.Red, a.Green + b.Green, a.Blue + b.Blue);

    public static RgbValue operator *(RgbValue color, double factor)
        => new(color.Red * factor, color.Green * factor, color.Blue * factor);
}
