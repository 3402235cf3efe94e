using Mdf.Testing;
using Reproduce.Losses;
using Reproduce.Report;

[assembly: AssemblyFixture(typeof(Mdf.Reproduce.Tests.FinishedRun))]

namespace Mdf.Reproduce.Tests;

/// <summary>All experiments at their smallest and the report of them, made once for all tests.</summary>
public sealed class FinishedRun : IDisposable
{
    // Both kinds of features of the last discriminators, and those of SRGAN's: the other discriminators are repetitions.
    private static readonly int ManifoldCount = TestLength.Of(full: int.MaxValue, usual: 3);

    private readonly TinyRun run = new();

    public FinishedRun()
    {
        run.Run(run.Settings(), grids =>
        [
            .. grids.Table(), .. grids.Scales(), .. grids.Seeds(), .. grids.Lambda([LossNames.Mdf]), .. grids.Features(),
            .. grids.Sensitivity(), .. grids.Spectra().Take(2), .. grids.Manifold().TakeLast(ManifoldCount),
        ]);
        run.Run(run.Settings(LossNames.L2), grids => grids.Budgets([1]));
        ReportCommand.Run(run.Folder, Page, Markdown);
    }

    public string Folder => run.Folder;

    public string Runs => Path.Combine(run.Folder, "runs");

    public string Page => Path.Combine(run.Folder, "page", "report.html");

    public string Markdown => Path.Combine(run.Folder, "page", "results.md");

    public void Dispose() => run.Dispose();
}
