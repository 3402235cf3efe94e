using Mdf.Experiments;
using Reproduce.Grids;
using Reproduce.Losses;
using Reproduce.Manifold;
using Reproduce.Presets;
using Reproduce.Sensitivity;
using Reproduce.Trainings;

namespace Reproduce.Report;

/// <summary>All results of a folder, put in order.</summary>
internal sealed class ReportData
{
    private readonly IReadOnlyList<ExperimentRecord<EvaluationDescription, EvaluationResult>> evaluations;

    public ReportData(Workspace workspace)
    {
        Workspace = workspace;
        Preset = PresetRecord.Read(workspace.Folder);
        evaluations = workspace.Runs.All<EvaluationDescription, EvaluationResult>(TrainingGrid.Kind);
        Sensitivities = workspace.Runs.All<SensitivityDescription, SensitivityResult>(SensitivityExperiment.Kind);
        Manifolds = workspace.Runs.All<ManifoldDescription, ManifoldResult>(ManifoldExperiment.Kind);
        Tables = [.. from settings in Groups()
                     let columns = Columns(settings.Where(e => IsOfTheTable(e.Description.Training!.Loss, MostScales(settings, e.Description.Training.Loss))))
                     where columns.Count > 0
                     select View(settings, columns)];
        Features = [.. Variants(l => l.Name is LossNames.L2 or LossNames.Mdf && l.SeedImages is null, l => l.Weights?.StartsWith("untrained", StringComparison.Ordinal) == true)];
        Scales = [.. Variants(l => l.Name == LossNames.Mdf && l.SeedImages is null && l.Weights?.StartsWith("untrained", StringComparison.Ordinal) != true, l => l.Scales == 1)];
        Seeds = [.. Variants(l => l.SeedImages is not null, l => l.SeedImages is not null)];
        Lambdas = [.. Variants(l => l.Factor is not null, l => l.Factor is not null)];
    }

    public Workspace Workspace { get; }

    public Preset? Preset { get; }

    /// <summary>The rows of the summary.</summary>
    public IReadOnlyList<TableView> Tables { get; }

    /// <summary>Networks trained with untrained discriminators, beside L2 and trained ones.</summary>
    public IReadOnlyList<TableView> Features { get; }

    /// <summary>Networks trained with some of the scales.</summary>
    public IReadOnlyList<TableView> Scales { get; }

    public IReadOnlyList<TableView> Seeds { get; }

    public IReadOnlyList<TableView> Lambdas { get; }

    public IReadOnlyList<ExperimentRecord<SensitivityDescription, SensitivityResult>> Sensitivities { get; }

    public IReadOnlyList<ExperimentRecord<ManifoldDescription, ManifoldResult>> Manifolds { get; }

    /// <summary>The experiments that there are, for the list at the end.</summary>
    public int Count => evaluations.Count + Sensitivities.Count + Manifolds.Count;

    /// <summary>Where they ran.</summary>
    public IReadOnlyList<ExperimentEnvironment> Environments =>
        [.. evaluations.Select(e => e.Environment).Concat(Sensitivities.Select(s => s.Environment)).Concat(Manifolds.Select(m => m.Environment))];

    // What differs in the loss alone can be compared.
    private IEnumerable<IGrouping<string, ExperimentRecord<EvaluationDescription, EvaluationResult>>> Groups() =>
        from evaluation in evaluations
        where evaluation.Description.Training is not null
        orderby Application.All.Select(a => a.Key).ToList().IndexOf(evaluation.Description.Application), evaluation.Description.Data.Name
        group evaluation by ExperimentIdentity.Of(evaluation.Description with
        {
            Training = evaluation.Description.Training! with { Loss = new LossDescription { Name = "" } },
            Lpips = null,
        });

    private IEnumerable<TableView> Variants(Func<LossDescription, bool> isIn, Func<LossDescription, bool> isNeeded) =>
        from settings in Groups()
        let columns = Columns(settings.Where(e => isIn(e.Description.Training!.Loss)))
        where columns.Any(c => isNeeded(c.Loss!))
        select View(settings, columns);

    private static bool IsOfTheTable(LossDescription loss, int? mostScales) =>
        LossNames.All.Contains(loss.Name) && loss.SeedImages is null && loss.Weights?.StartsWith("untrained", StringComparison.Ordinal) != true
        && (loss.Name != LossNames.Mdf || loss.Scales == mostScales);

    private static int? MostScales(IEnumerable<ExperimentRecord<EvaluationDescription, EvaluationResult>> group, LossDescription loss) =>
        group.Select(e => e.Description.Training!.Loss).Where(l => l.Name == loss.Name && l.Checksum == loss.Checksum).Max(l => l.Scales);

    // With LPIPS rather than without, where both were measured.
    private static List<TableColumn> Columns(IEnumerable<ExperimentRecord<EvaluationDescription, EvaluationResult>> runs) =>
    [
        .. from run in runs
           group run by run.Description.Training!.Loss into same
           orderby TableView.Order(same.Key), same.Key.Scales, same.Key.Factor
           select new TableColumn(same.Key, same.OrderByDescending(r => r.Description.Lpips is not null).First().Result),
    ];

    private TableView View(IEnumerable<ExperimentRecord<EvaluationDescription, EvaluationResult>> group, List<TableColumn> columns)
    {
        EvaluationDescription first = group.First().Description;
        EvaluationResult? unrestored = evaluations.FirstOrDefault(e =>
            e.Description.Training is null && e.Description.Application == first.Application && e.Description.Data == first.Data)?.Result;
        return new TableView(
            Application.All.Single(a => a.Key == first.Application),
            first.Data.Name,
            first.Data.Count,
            first.Training!,
            unrestored is null ? null : new TableColumn(null, unrestored),
            columns);
    }
}
