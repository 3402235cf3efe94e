using Mdf.TorchCompatibility;
using Reproduce.Report;
using Reproduce.Report.Sections;
using Reproduce.Statistics;
using static Mdf.Reproduce.Tests.MadeUpRun;

namespace Mdf.Reproduce.Tests;

/// <summary>Tests results over several seeds and numbers of steps.</summary>
public sealed class PoolTests : IDisposable
{
    private readonly MadeUpRun run = new();

    public void Dispose() => run.Dispose();

    [Fact]
    public void Report_ThreeSeeds_ComparesWithL2OverSeedsAndImages()
    {
        for (long seed = 1; seed <= 3; seed++)
        {
            // MDF is 0.3 dB ahead on average, more or less by the seed; L1 was trained with two seeds only.
            run.Add(L2, Around(26), seed: seed).Add(OfMdf(), Around(26.1 + (0.1 * seed), 1), seed: seed);
            if (seed < 3)
            {
                run.Add(L1, Around(25), seed: seed);
            }
        }

        PoolView pool = Assert.Single(run.Report().Pools);
        Assert.Equal([1, 2, 3], pool.Seeds);
        Assert.Equal(["L2", "MDF (jpeg.ckpt)"], pool.Rows.Select(r => r.Label));
        var compared = Assert.Single(PoolView.Compare([pool], r => r.Psnr));
        Assert.Equal(0.3, compared.Value.Difference.Estimate, 1e-9);
        Assert.InRange(compared.Value.Difference.Low, 0.19, 0.25);
        Assert.InRange(compared.Value.Difference.High, 0.35, 0.41);
        Assert.True(compared.Value.Probability < 0.001);
        Assert.Contains("| MDF (jpeg.ckpt) | +0.300 [0.2", MarkdownTables.Of(run.Report()), StringComparison.Ordinal);
        Assert.Contains("+0.300 ***<small>0.2", PoolSection.Of(run.Report()), StringComparison.Ordinal);
    }

    [Fact]
    public void Report_SeveralBudgets_TableHasThePresetsAndTheCurveAll()
    {
        foreach (int steps in (int[])[400, 2000, 8000])
        {
            run.Add(L2, Around(25 + (steps / 4000.0)), steps: steps).Add(OfMdf(), Around(25.5), steps: steps);
        }

        ReportData report = run.Report();
        Assert.Equal(2000, Assert.Single(report.Tables).Training.Steps);
        Assert.Equal([400, 2000, 8000], Assert.Single(report.Budgets).Select(t => t.Training.Steps));
        string text = MarkdownTables.Of(report);
        Assert.Contains("| Loss | 400 | 2,000 | 8,000 |", text, StringComparison.Ordinal);
        Assert.Contains("| L2 | 25.10 / 0.6275 | 25.50 / 0.6375 | 27.00 / 0.6750 |", text, StringComparison.Ordinal);
        Assert.Contains(
            "PSNR of JPEG removal, DnCNN, quality 10, BSD by the number of steps", BudgetSection.Of(report), StringComparison.Ordinal);
    }

    [Fact]
    public void Holm_PublishedExample_IsCorrectedStepByStep()
    {
        // Four tests: 0.005 x 4, 0.01 x 3, then 0.03 x 2, and 0.04 x 1, which may not fall below the one before.
        Assert.Equal([0.03, 0.06, 0.06, 0.02], Holm.Correct([0.01, 0.04, 0.03, 0.005]).Select(p => Math.Round(p, 12)));
        Assert.Equal([1, 1], Holm.Correct([0.9, 0.6]));
        Assert.Empty(Holm.Correct([]));
        Assert.Throws<ArgumentException>(() => Holm.Correct([0.5, double.NaN]));
    }

    [Fact]
    public void OfTrainings_SeedsThatDiffer_WidenTheInterval()
    {
        double[] images = [.. Enumerable.Range(0, 100).Select(i => Math.Sin(i))];
        ConfidenceInterval alike = Bootstrap.OfTrainings([images, images, images]);
        ConfidenceInterval different = Bootstrap.OfTrainings([images, [.. images.Select(v => v + 1)], [.. images.Select(v => v - 1)]]);
        Assert.Equal(alike.Estimate, different.Estimate, 1e-12);
        Assert.Equal(Bootstrap.OfTrainings([images]).High - alike.Low, alike.High - alike.Low, 0.02);
        Assert.True(different.High - different.Low > 2 * (alike.High - alike.Low));
        Assert.Throws<ArgumentOutOfRangeException>(() => Bootstrap.OfTrainings([images, [1.0]]));
    }
}
