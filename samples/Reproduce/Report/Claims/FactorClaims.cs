using System.Globalization;
using Mdf.Models.Perceptual;
using Reproduce.Losses;

namespace Reproduce.Report.Claims;

/// <summary>Checks the claim that VGG and LPIPS are best with the factors that the paper found.</summary>
internal static class FactorClaims
{
    private static readonly (string Name, double Best, string File)[] Expected =
    [
        (LossNames.Vgg, 1, PretrainedWeights.Vgg16.Name),
        (LossNames.Lpips, 0.1, PretrainedWeights.AlexNet.Name),
    ];

    public static IEnumerable<Claim> Of(IReadOnlyList<TableView> tables) => Expected.SelectMany(expected =>
    {
        string name = $"{LossNames.L2} + {expected.Name}";
        string statement = string.Create(CultureInfo.InvariantCulture, $"{name} gives the highest PSNR with a factor of {expected.Best}");
        Claim[] claims =
        [
            .. from table in tables
               from weights in table.Columns.Where(c => c.Name == name).GroupBy(c => LossLabels.Key(c.Loss!))
               select Of($"{table.Title}: {statement}", table, [.. weights], expected.Best),
        ];
        return claims.Length > 0
            ? claims
            : [Claim.NotTested(statement, $"`lambda` was not run with {expected.Name}, which needs {expected.File}")];
    });

    private static Claim Of(string statement, TableView table, TableColumn[] columns, double best)
    {
        TableColumn? expected = columns.FirstOrDefault(c => c.Loss!.Factor == best);
        TableColumn[] others = [.. columns.Where(c => c.Loss!.Factor != best)];
        if (expected is null || others.Length == 0 || table.Images < 2)
        {
            return Claim.NotTested(statement, expected is null ? "no network was trained with this factor"
                : others.Length == 0 ? "no network was trained with another factor" : "there is only one test image");
        }

        Comparison[] comparisons = [.. others.Select(c => Comparison.Of(expected.Run.Psnr, c.Run.Psnr))];
        IEnumerable<string> differences = others.Select((c, i) => string.Create(
            CultureInfo.InvariantCulture, $"{c.Loss!.Factor}: {comparisons[i].Text(2, "dB")}"));
        return new Claim(statement, Comparison.ThatAllAreBetter(comparisons), string.Create(
            CultureInfo.InvariantCulture,
            $"{expected.Run.Psnr.Average():f2} dB; against other factors: {string.Join(", ", differences)}"));
    }
}
