namespace Reproduce.Report.Claims;

/// <summary>
/// Checks whether training the discriminators raises the PSNR. The paper makes no such claim, because it does not compare with untrained
/// discriminators.
/// </summary>
internal static class TrainingClaims
{
    private const string General = "training the discriminators raises the PSNR (not in the paper)";

    public static IEnumerable<Claim> Of(IReadOnlyList<TableView> tables)
    {
        if (tables.Count == 0)
        {
            return [Claim.NotTested($"For MDF, {General}", "`features` was not run")];
        }

        return from table in tables
               from untrained in table.Columns.Where(c => c.IsUntrained)
               from claim in Of(table, untrained)
               select claim;
    }

    private static IEnumerable<Claim> Of(TableView table, TableColumn untrained)
    {
        string statement = $"{table.Title}: {General}";
        TableColumn[] trained = [.. table.Columns.Where(c =>
            c.IsMdf && !c.IsUntrained && c.Loss!.Scales == untrained.Loss!.Scales && c.Loss.Precision == untrained.Loss.Precision)];
        if (trained.Length == 0 || table.Images < 2)
        {
            return
            [
                Claim.NotTested(statement, trained.Length == 0
                    ? "no network was trained with trained discriminators of the same number of scales and the same precision"
                    : "there is only one test image"),
            ];
        }

        return trained.Select(column =>
        {
            var gain = Comparison.Of(column.Run.Psnr, untrained.Run.Psnr);
            return new Claim(
                $"{table.Title}: {column.Label}: {General}",
                Comparison.ThatAllAreBetter([gain]),
                $"against {untrained.Label} {gain.Text(2, "dB")}");
        });
    }
}
