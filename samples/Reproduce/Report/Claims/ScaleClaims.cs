using Reproduce.Losses;
using static Reproduce.Report.Numbers;

namespace Reproduce.Report.Claims;

/// <summary>That all scales together are better than the coarsest of them, for each weights of MDF.</summary>
internal static class ScaleClaims
{
    private const string General = "MDF gives the highest PSNR with all scales";

    public static IEnumerable<Claim> Of(IReadOnlyList<TableView> tables) => tables.Count == 0
        ? [Claim.NotTested(General, "`ablation scales` was not run")]
        : from table in tables
          from weights in table.Columns.GroupBy(c => LossLabels.Key(c.Loss!))
          select Of(table, [.. weights.OrderBy(c => c.Loss!.Scales)]);

    private static Claim Of(TableView table, TableColumn[] columns)
    {
        string statement = $"{table.Title}: {columns[0].Label} gives the highest PSNR with all {DiscriminatorWeights.PublishedScales} scales";
        TableColumn? all = columns.FirstOrDefault(c => c.HasAllScales);
        TableColumn[] fewer = [.. columns.Where(c => !c.HasAllScales)];
        if (all is null || fewer.Length == 0 || table.Images < 2)
        {
            return Claim.NotTested(statement, all is null ? $"no network was trained with all {DiscriminatorWeights.PublishedScales}"
                : fewer.Length == 0 ? "no network was trained with fewer" : "there is one test image only");
        }

        Comparison[] comparisons = [.. fewer.Select(c => Comparison.Of(all.Run.Psnr, c.Run.Psnr))];
        return new Claim(
            statement,
            Comparison.ThatAllAreBetter(comparisons),
            $"{Text(all.Run.Psnr.Average(), 2)} dB; against fewer: {string.Join(", ", fewer.Select((c, i) => $"{c.Loss!.Scales}: {comparisons[i].Text(2, "dB")}"))}");
    }
}
