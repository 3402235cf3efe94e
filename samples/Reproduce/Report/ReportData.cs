using Reproduce.Experiments;
using Reproduce.Grids;
using Reproduce.Losses;
using Reproduce.Manifold;
using Reproduce.Presets;
using Reproduce.Sensitivity;
using Reproduce.Spectrum;
using Reproduce.Trainings;

namespace Reproduce.Report;

/// <summary>All results of a folder, arranged for the report.</summary>
internal sealed class ReportData
{
    private readonly IReadOnlyList<ExperimentRecord<EvaluationDescription, EvaluationResult>> evaluations;
    private readonly IGrouping<string, ExperimentRecord<EvaluationDescription, EvaluationResult>>[] groups;
    private readonly LossLabels labels;
    private readonly List<string> warnings = [];

    public ReportData(Workspace workspace)
    {
        Workspace = workspace;
        evaluations = workspace.Runs.All<EvaluationDescription, EvaluationResult>(TrainingGrid.Kind, warnings.Add);
        Sensitivities = workspace.Runs.All<SensitivityDescription, SensitivityResult>(SensitivityExperiment.Kind, warnings.Add);
        Manifolds = workspace.Runs.All<ManifoldDescription, ManifoldResult>(ManifoldExperiment.Kind, warnings.Add);
        Spectra = workspace.Runs.All<SpectrumDescription, SpectrumResult>(SpectrumExperiment.Kind, warnings.Add);
        foreach (EvaluationResult result in evaluations.Select(e => e.Result).Where(r => !StoredImages.AreThere(workspace, r)))
        {
            warnings.Add(
                $"Images of a result are missing in '{workspace.PathOf(result.RestoredFolder)}' or "
                + $"'{workspace.PathOf(result.ReferenceFolder)}'; run the experiment's command again to make them.");
        }

        labels = new LossLabels(
        [
            .. evaluations.Select(e => e.Description.Training?.Loss).OfType<LossDescription>(),
            .. Sensitivities.Select(s => s.Description.Loss),
            .. Spectra.Select(s => s.Description.Loss),
        ]);
        Presets = PresetUse.Of(
            evaluations.Select(e => e.Description), Sensitivities.Select(s => s.Description), Manifolds.Select(m => m.Description));
        groups = [.. Groups()];
        Dictionary<string, int> usualSteps = groups.Select(g => g.First().Description)
            .GroupBy(d => Identity(d, anySteps: true))
            .ToDictionary(alike => alike.Key, UsualSteps);
        var usual = groups
            .Where(g => g.First().Description is var d && d.Training!.Steps == usualSteps[Identity(d, anySteps: true)])
            .ToArray();
        Tables = [.. from settings in usual
                     let columns = Columns(settings).Where(c => IsOfTheTable(c.Loss!)).ToList()
                     let most = columns.Where(c => !c.IsMdf || c.Loss!.Scales == MostScales(columns, c)).Select(Marked).ToList()
                     where most.Count > 0
                     select View(settings, most)];
        Pools =
        [
            .. from settings in usual
               group settings by Identity(settings.First().Description, anySeed: true) into pool
               where pool.Count() > 1
               let view = Pool([.. pool.OrderBy(s => s.First().Description.Training!.Seed)])
               where view.Rows.Count > 1
               select view,
        ];
        Budgets =
        [
            .. from settings in groups
               let columns = Columns(settings).Where(c => IsOfTheTable(c.Loss!) && (!c.IsMdf || c.HasAllScales)).ToList()
               where columns.Count > 0
               group View(settings, columns) by Identity(settings.First().Description, anySteps: true) into budget
               where budget.Count() > 1
               select budget.OrderBy(table => table.Training.Steps).ToArray(),
        ];
        Features = [.. Variants(c => c.Name is LossNames.L2 or LossNames.Mdf && c.Loss!.SeedImages is null, c => c.IsUntrained)];
        Scales = [.. Variants(c => c.IsMdf && c.Loss!.SeedImages is null && !c.IsUntrained, c => c.Loss!.Scales == 1)];
        Seeds = [.. Variants(c => c.Loss!.SeedImages is not null, c => c.Loss!.SeedImages is not null)];
        Lambdas = [.. Variants(c => c.Loss!.Factor is not null, c => c.Loss!.Factor is not null)];
    }

    public Workspace Workspace { get; }

    /// <summary>Presets of the results, and the differences from them.</summary>
    public IReadOnlyList<PresetUse> Presets { get; }

    /// <summary>Rows of the summary table.</summary>
    public IReadOnlyList<TableView> Tables { get; }

    /// <summary>Results of trainings with several seeds that are alike otherwise.</summary>
    public IReadOnlyList<PoolView> Pools { get; }

    /// <summary>Results of trainings of several numbers of steps that are alike otherwise, the shortest first.</summary>
    public IReadOnlyList<IReadOnlyList<TableView>> Budgets { get; }

    /// <summary>Results with untrained discriminators, L2 and trained discriminators.</summary>
    public IReadOnlyList<TableView> Features { get; }

    /// <summary>Results with different numbers of scales.</summary>
    public IReadOnlyList<TableView> Scales { get; }

    /// <summary>Results with different numbers of seed images.</summary>
    public IReadOnlyList<TableView> Seeds { get; }

    /// <summary>Results with sums of L2 and a multiple of another loss.</summary>
    public IReadOnlyList<TableView> Lambdas { get; }

    public IReadOnlyList<ExperimentRecord<SensitivityDescription, SensitivityResult>> Sensitivities { get; }

    public IReadOnlyList<ExperimentRecord<ManifoldDescription, ManifoldResult>> Manifolds { get; }

    public IReadOnlyList<ExperimentRecord<SpectrumDescription, SpectrumResult>> Spectra { get; }

    /// <summary>Files that are damaged or missing.</summary>
    public IReadOnlyList<string> Warnings => warnings;

    /// <summary>Number of results.</summary>
    public int Count => evaluations.Count + Sensitivities.Count + Manifolds.Count + Spectra.Count;

    /// <summary>Environments of experiments and, where results contain them, of trainings.</summary>
    public IReadOnlyList<ExperimentEnvironment> Environments =>
    [
        .. evaluations.SelectMany(e => new[] { e.Result.TrainingEnvironment, e.Environment }).OfType<ExperimentEnvironment>(),
        .. Sensitivities.Select(s => s.Environment),
        .. Manifolds.Select(m => m.Environment),
        .. Spectra.Select(s => s.Environment),
    ];

    /// <summary>Returns the title of a sensitivity experiment: the loss, and the test set if there are several.</summary>
    public string TitleOf(SensitivityDescription sensitivity) =>
        labels.Of(sensitivity.Loss) + (Sensitivities.Any(s => s.Description.Data != sensitivity.Data) ? $", {sensitivity.Data.Name}" : "");

    /// <summary>Returns the title of a spectrum: the loss, and the test set if there are several.</summary>
    public string TitleOf(SpectrumDescription spectrum) =>
        labels.Of(spectrum.Loss) + (Spectra.Any(s => s.Description.Data != spectrum.Data) ? $", {spectrum.Data.Name}" : "");

    /// <summary>
    /// Returns the title of a manifold experiment: the features, and the network's checksum and the test set if there are several.
    /// </summary>
    public string TitleOf(ManifoldDescription manifold)
    {
        ManifoldDescription[] named = [.. Manifolds.Select(m => m.Description).Where(m => m.Features == manifold.Features)];
        return manifold.Features
            + (named.Any(m => m.Network != manifold.Network) ? $", {manifold.Network[..Math.Min(8, manifold.Network.Length)]}" : "")
            + (named.Any(m => m.Data != manifold.Data) ? $", {manifold.Data.Name}" : "");
    }

    // Groups results whose descriptions differ only in the loss, so that they can be compared. LPIPS is ignored.
    private IEnumerable<IGrouping<string, ExperimentRecord<EvaluationDescription, EvaluationResult>>> Groups() =>
        from evaluation in evaluations
        where evaluation.Description.Training is not null
        orderby Application.All.Select(a => a.Key).ToList().IndexOf(evaluation.Description.Application), evaluation.Description.Data.Name
        group evaluation by Identity(evaluation.Description);

    // The identity of an evaluation whatever the loss and, if wanted, the number of steps and the seed.
    private static string Identity(EvaluationDescription evaluation, bool anySteps = false, bool anySeed = false) =>
        ExperimentIdentity.Of(evaluation with
        {
            Training = evaluation.Training! with
            {
                Loss = new LossDescription { Name = "" },
                Seed = anySeed ? 0 : evaluation.Training.Seed,
                Steps = anySteps ? 0 : evaluation.Training.Steps,
            },
            Lpips = null,
        });

    // Of trainings that differ in their number of steps, the table has those of the preset, or else the longest.
    private static int UsualSteps(IEnumerable<EvaluationDescription> alike)
    {
        EvaluationDescription first = alike.First();
        int? preset = AllPresets.Names.Select(AllPresets.Find).Select(p => p.Training[first.Application])
            .FirstOrDefault(t => t.Network == first.Training!.Network)?.Steps;
        int[] steps = [.. alike.Select(e => e.Training!.Steps)];
        return preset is { } usual && steps.Contains(usual) ? usual : steps.Max();
    }

    private IEnumerable<TableView> Variants(Func<TableColumn, bool> isIn, Func<TableColumn, bool> isNeeded) =>
        from settings in groups
        let columns = Columns(settings).Where(isIn).ToList()
        where columns.Any(isNeeded)
        select View(settings, columns);

    private static bool IsOfTheTable(LossDescription loss) =>
        LossNames.All.Contains(loss.Name)
        && loss.SeedImages is null
        && (loss.Weights?.StartsWith(DiscriminatorWeights.UntrainedName, StringComparison.Ordinal) != true
            || DiscriminatorWeights.IsCalibrated(loss.Weights));

    private static int? MostScales(IEnumerable<TableColumn> columns, TableColumn column) =>
        columns.Where(c => LossLabels.Key(c.Loss!) == LossLabels.Key(column.Loss!)).Max(c => c.Loss!.Scales);

    // Adds the number of scales to a label if the weights have fewer than the published loss or the ablation is incomplete.
    private static TableColumn Marked(TableColumn column)
    {
        if (!column.IsMdf || column.HasAllScales)
        {
            return column;
        }

        string weights = $"{column.Weights}, {(column.Loss!.Scales == 1 ? "1 scale" : $"{column.Loss.Scales} scales")}";
        return column with { Label = $"{column.Name} ({weights})", Weights = weights };
    }

    // The losses that were trained with all seeds.
    private PoolView Pool(IReadOnlyList<IEnumerable<ExperimentRecord<EvaluationDescription, EvaluationResult>>> seeds)
    {
        List<TableColumn>[] columns = [.. seeds.Select(s => Columns(s).Where(c => IsOfTheTable(c.Loss!)).ToList())];
        EvaluationDescription first = seeds[0].First().Description;
        return new PoolView(
            $"{Application.All.Single(a => a.Key == first.Application).Title}, {first.Data.Name}",
            [.. seeds.Select(s => s.First().Description.Training!.Seed)],
            [
                .. from column in columns[0]
                   let runs = columns.Select(c => c.FirstOrDefault(other => other.Loss == column.Loss)?.Run).ToArray()
                   where runs.All(r => r is not null)
                   select (column.Loss!, column.Label, (IReadOnlyList<EvaluationResult>)[.. runs.OfType<EvaluationResult>()]),
            ]);
    }

    // Prefers results with LPIPS where the same network was measured with and without it.
    private IEnumerable<TableColumn> Columns(IEnumerable<ExperimentRecord<EvaluationDescription, EvaluationResult>> runs) =>
        from run in runs
        group run by run.Description.Training!.Loss into same
        orderby TableView.Order(same.Key), same.Key.Scales, same.Key.Factor
        select new TableColumn(same.Key, WithLpips(same)!, labels.Of(same.Key), labels.WeightsOf(same.Key));

    private static EvaluationResult? WithLpips(IEnumerable<ExperimentRecord<EvaluationDescription, EvaluationResult>> same) =>
        same.OrderByDescending(r => r.Description.Lpips is not null).FirstOrDefault()?.Result;

    private TableView View(IEnumerable<ExperimentRecord<EvaluationDescription, EvaluationResult>> group, List<TableColumn> columns)
    {
        EvaluationDescription first = group.First().Description;
        EvaluationResult? unrestored = WithLpips(evaluations.Where(e =>
            ExperimentIdentity.Of(e.Description with { Lpips = null })
                == ExperimentIdentity.Of(first with { Training = null, Lpips = null })));
        return new TableView(
            Application.All.Single(a => a.Key == first.Application),
            first.Data.Name,
            first.Data.Count,
            first.Training!,
            unrestored is null ? null : TableColumn.Unrestored(unrestored),
            columns)
        {
            IsSeedShown = evaluations.Any(e => e.Description.Training is { } other && other.Seed != first.Training!.Seed),
        };
    }
}
