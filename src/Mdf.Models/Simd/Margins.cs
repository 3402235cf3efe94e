namespace Mdf.Models.Simd;

/// <summary>Numbers of zero rows and columns that a convolution adds around a map.</summary>
internal readonly record struct Margins(int Top, int Left, int Bottom, int Right)
{
    /// <summary>Creates margins of one width on all sides.</summary>
    public Margins(int all)
        : this(all, all, all, all)
    {
    }
}
