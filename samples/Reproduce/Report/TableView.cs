using Reproduce.Losses;
using Reproduce.Statistics;
using Reproduce.Trainings;

namespace Reproduce.Report;

/// <summary>A row of the summary: one application on one test set, by all losses.</summary>
/// <param name="Application">The application.</param>
/// <param name="Dataset">The name of the test set.</param>
/// <param name="Images">How many images.</param>
/// <param name="Training">How all of the networks were trained, but for the loss.</param>
/// <param name="Unrestored">The images as they are, if measured.</param>
/// <param name="Columns">The losses, in the paper's order.</param>
internal sealed record TableView(
    Application Application, string Dataset, int Images, TrainingDescription Training, TableColumn? Unrestored, IReadOnlyList<TableColumn> Columns)
{
    public string Title => $"{Application.Title}, {Dataset}";

    /// <summary>The loss that others are tested against: MDF with the packaged weights, else with weights of their name, else with any.</summary>
    public TableColumn? Ours => Columns.Where(c => c.IsMdf)
        .OrderByDescending(c => c.Loss!.Checksum == DiscriminatorWeights.PackagedChecksum(Application.PackagedWeights))
        .ThenByDescending(c => c.Loss!.Weights == Application.PackagedWeights)
        .FirstOrDefault();

    /// <summary>How likely it is that ours is not better than a loss in PSNR, image by image; null where there is nothing to test.</summary>
    public TTestResult? Test(TableColumn other, Func<EvaluationResult, IReadOnlyList<double>?> measure, bool isLowerBetter)
    {
        if (Ours is not { } ours || other.IsMdf || measure(ours.Run) is not { Count: > 1 } mine || measure(other.Run) is not { } theirs)
        {
            return null;
        }

        return TTest.Paired(mine, theirs, isLowerBetter ? Alternative.Less : Alternative.Greater);
    }

    /// <summary>The indices of the best and the second best column; -1 where there is none.</summary>
    public (int Best, int Second) Ranks(Func<EvaluationResult, IReadOnlyList<double>?> measure, bool isLowerBetter)
    {
        int[] order = [.. Enumerable.Range(0, Columns.Count).Where(i => measure(Columns[i].Run) is not null)
            .OrderBy(i => measure(Columns[i].Run)!.Average() * (isLowerBetter ? 1 : -1))];
        return (order.Length > 0 ? order[0] : -1, order.Length > 1 ? order[1] : -1);
    }

    /// <summary>Where a loss stands in the paper's order; other weights of MDF after the packaged ones.</summary>
    public static (int, bool, string, string, int) Order(LossDescription loss) => (
        LossNames.All.ToList().IndexOf(loss.Name),
        loss.Weights?.EndsWith(".ckpt", StringComparison.Ordinal) == false,
        loss.Weights ?? "",
        loss.Checksum ?? "",
        (int)loss.Precision.GetValueOrDefault());
}
