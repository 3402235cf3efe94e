namespace Reproduce.Report.Claims;

/// <summary>Checks the claim that more than one seed image brings little.</summary>
internal static class SeedImageClaims
{
    // Well above the 0.03 dB that the paper finds with four images and considers negligible.
    private const double SmallDifference = 0.1;
    private const string General = "one seed image is enough";

    public static IEnumerable<Claim> Of(IReadOnlyList<TableView> tables) => tables.Count == 0
        ? [Claim.NotTested($"For MDF, {General}", "`ablation seeds` was not run")]
        : from table in tables
          from precision in table.Columns.GroupBy(c => c.Loss!.Precision)
          select Of(table, [.. precision.OrderBy(c => c.Loss!.SeedImages)]);

    private static Claim Of(TableView table, TableColumn[] columns)
    {
        string statement = $"{table.Title}: {General}";
        TableColumn? one = columns.FirstOrDefault(c => c.Loss!.SeedImages == 1);
        TableColumn[] more = [.. columns.Where(c => c.Loss!.SeedImages > 1)];
        if (one is null || more.Length == 0 || table.Images < 2)
        {
            return Claim.NotTested(statement, one is null ? "no network was trained with discriminators of one image"
                : more.Length == 0 ? "no network was trained with discriminators of several images" : "there is only one test image");
        }

        Comparison[] gains = [.. more.Select(c => Comparison.Of(c.Run.Psnr, one.Run.Psnr))];
        Verdict verdict = gains.All(g => g.Difference.High < SmallDifference) ? Verdict.Held
            : gains.Any(g => g.Difference.Low > SmallDifference) ? Verdict.DidNotHold : Verdict.Open;
        string differences = string.Join(", ", more.Select((c, i) => $"{c.Loss!.SeedImages} images {gains[i].Text(2, "dB")}"));
        return new Claim(statement, verdict, string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"gain in PSNR over one: {differences} (held if every interval is entirely below {SmallDifference} dB, a limit chosen here)"));
    }
}
