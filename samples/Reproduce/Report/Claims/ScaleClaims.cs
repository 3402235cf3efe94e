using Reproduce.Losses;
using static Reproduce.Report.Numbers;

namespace Reproduce.Report.Claims;

/// <summary>Checks the claim that all scales together are better than fewer, for each weights of MDF.</summary>
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
        const int Scales = DiscriminatorWeights.PublishedScales;
        string statement = $"{table.Title}: {columns[0].Label} gives the highest PSNR with all {Scales} scales";
        TableColumn? all = columns.FirstOrDefault(c => c.HasAllScales);
        TableColumn[] fewer = [.. columns.Where(c => !c.HasAllScales)];
        if (all is null || fewer.Length == 0 || table.Images < 2)
        {
            return Claim.NotTested(statement, all is null ? $"no network was trained with all {Scales} scales"
                : fewer.Length == 0 ? "no network was trained with fewer scales" : "there is only one test image");
        }

        Comparison[] comparisons = [.. fewer.Select(c => Comparison.Of(all.Run.Psnr, c.Run.Psnr))];
        IEnumerable<string> differences = fewer.Select((c, i) => $"{c.Loss!.Scales}: {comparisons[i].Text(2, "dB")}");
        return new Claim(
            statement,
            Comparison.ThatAllAreBetter(comparisons),
            $"{Text(all.Run.Psnr.Average(), 2)} dB; against fewer scales: {string.Join(", ", differences)}");
    }
}
