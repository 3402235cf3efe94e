namespace Reproduce.Report.Charts;

/// <summary>Draws a scatter plot of two sets of points.</summary>
internal static class ScatterPlot
{
    private const double Side = 240;
    private const double Margin = 10;

    public static string Draw(string title, IReadOnlyList<double[]> first, IReadOnlyList<double[]> second)
    {
        double[][] all = [.. first, .. second];
        double reach = all.Max(p => Math.Max(Math.Abs(p[0]), Math.Abs(p[1])));
        var axis = new Axis(Margin, Side - Margin, -reach, reach);
        var picture = new Svg(Side, Side, title);
        picture.Path([(1, 1), (Side - 1, 1), (Side - 1, Side - 1), (1, Side - 1)], "frame", isClosed: true);
        foreach (double[] point in first)
        {
            picture.Mark(axis.At(point[0]), axis.At(point[1]), 0, "original", 3);
        }

        foreach (double[] point in second)
        {
            picture.Mark(axis.At(point[0]), axis.At(point[1]), 3, "distorted", 3);
        }

        return picture.ToString();
    }
}
