namespace Reproduce.Report.Charts;

/// <summary>A line of a chart.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Points">Its points, each perhaps with an interval.</param>
/// <param name="Color">The number of its colour and mark.</param>
internal sealed record Series(string Name, IReadOnlyList<(double X, double Y, double? Low, double? High)> Points, int Color)
{
    public string Style => $"c{Color % 8}";
}
