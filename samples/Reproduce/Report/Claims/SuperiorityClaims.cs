using Mdf.Models.Perceptual;
using Reproduce.Losses;
using Reproduce.Trainings;
using static Reproduce.Report.Numbers;

namespace Reproduce.Report.Claims;

/// <summary>
/// Checks the claim that MDF gives the highest PSNR and the lowest LPIPS, for each application, test set and weights of MDF.
/// </summary>
internal static class SuperiorityClaims
{
    private const string General = "MDF gives the highest PSNR and the lowest LPIPS";

    private static readonly string NoLpips =
        $"LPIPS was not measured, which needs {PretrainedWeights.AlexNet.Name}; see docs/reproduce.md";

    public static IEnumerable<Claim> Of(IReadOnlyList<TableView> tables) => tables.Count == 0
        ? [Claim.NotTested(General, "no network was trained: `table` was not run")]
        : tables.SelectMany(Of);

    private static IEnumerable<Claim> Of(TableView table)
    {
        TableColumn[] ours = [.. table.Columns.Where(c => c.IsMdf && !c.IsUntrained)], others = [.. table.Columns.Where(c => !c.IsMdf)];
        if (ours.Length == 0 || others.Length == 0 || table.Images < 2)
        {
            return
            [
                Claim.NotTested($"{table.Title}: {General}", ours.Length == 0 ? "no network was trained with MDF"
                    : others.Length == 0 ? "no network was trained with another loss" : "there is only one test image"),
            ];
        }

        return ours.SelectMany(column => new[] { HighestPsnr(table, column, others), LowestLpips(table, column, others) });
    }

    private static Claim HighestPsnr(TableView table, TableColumn column, TableColumn[] others) =>
        Best($"{table.Title}: {column.Label} gives the highest PSNR", column, others, r => r.Psnr, 2, "dB", isLowerBetter: false);

    private static Claim LowestLpips(TableView table, TableColumn column, TableColumn[] others)
    {
        string statement = $"{table.Title}: {column.Label} gives the lowest LPIPS";
        TableColumn[] measured = [.. others.Where(c => c.Run.Lpips is not null)];
        return column.Run.Lpips is null || measured.Length == 0
            ? Claim.NotTested(statement, NoLpips)
            : Best(statement, column, measured, r => r.Lpips!, 3, "", isLowerBetter: true);
    }

    private static Claim Best(
        string statement,
        TableColumn ours,
        TableColumn[] others,
        Func<EvaluationResult, IReadOnlyList<double>> measure,
        int digits,
        string unit,
        bool isLowerBetter)
    {
        IReadOnlyList<double> values = measure(ours.Run);
        Comparison[] comparisons = [.. others.Select(c => Comparison.Of(values, measure(c.Run), isLowerBetter))];
        int nearest = Enumerable.Range(0, others.Length).MinBy(i => comparisons[i].Difference.Estimate * (isLowerBetter ? -1 : 1));
        string[] missing = [.. LossNames.All.Where(n => n != LossNames.Mdf && others.All(c => c.Name != n))];
        string evidence = $"{Text(values.Average(), digits)}{(unit.Length > 0 ? $" {unit}" : "")}; "
            + $"against the best other, {others[nearest].Label}, {comparisons[nearest].Text(digits, unit)}; "
            + $"significantly better than {comparisons.Count(c => c.IsBetter)} of {others.Length} losses, "
            + $"worse than {comparisons.Count(c => c.IsWorse)}"
            + (missing.Length > 0 ? $"; not compared with {string.Join(", ", missing)}" : "");
        return new Claim(statement, Comparison.ThatAllAreBetter(comparisons), evidence);
    }
}
