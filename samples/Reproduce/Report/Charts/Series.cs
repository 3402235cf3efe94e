namespace Reproduce.Report.Charts;

/// <summary>A line of a chart.</summary>
/// <param name="Name">Name in the key.</param>
/// <param name="Points">Points of the line, with an optional interval.</param>
/// <param name="Color">Index of colour and mark.</param>
internal sealed record Series(string Name, IReadOnlyList<(double X, double Y, double? Low, double? High)> Points, int Color)
{
    public string Style => $"c{Color % 8}";
}
