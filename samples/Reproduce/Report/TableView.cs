using Reproduce.Losses;
using Reproduce.Statistics;
using Reproduce.Trainings;

namespace Reproduce.Report;

/// <summary>A row of the summary table: all losses for one application and test set.</summary>
/// <param name="Application">The application.</param>
/// <param name="Dataset">Name of the test set.</param>
/// <param name="Images">Number of test images.</param>
/// <param name="Training">Training of the networks, which is the same for all except for the loss.</param>
/// <param name="Unrestored">Results of degraded images without a network; null if not measured.</param>
/// <param name="Columns">Results of the losses, in the paper's order.</param>
internal sealed record TableView(
    Application Application,
    string Dataset,
    int Images,
    TrainingDescription Training,
    TableColumn? Unrestored,
    IReadOnlyList<TableColumn> Columns)
{
    public string Title => $"{Application.Title}, {Dataset}{(IsSeedShown ? $", seed {Training.Seed}" : "")}";

    /// <summary>Whether the seed of the trainings is part of the title, because there are results with others.</summary>
    public bool IsSeedShown { get; init; }

    /// <summary>
    /// The column that others are tested against: MDF with the packaged weights, or else with weights of the same name, or else with any.
    /// </summary>
    public TableColumn? Ours => Columns.Where(c => c.IsMdf && !c.IsUntrained)
        .OrderByDescending(c => c.Loss!.Checksum == DiscriminatorWeights.PackagedChecksum(Application.PackagedWeights))
        .ThenByDescending(c => c.Loss!.Weights == Application.PackagedWeights)
        .FirstOrDefault();

    /// <summary>
    /// Tests, image by image, whether <see cref="Ours"/> is better than another column in a measure; null if there is nothing to test.
    /// </summary>
    public TTestResult? Test(TableColumn other, Func<EvaluationResult, IReadOnlyList<double>?> measure, bool isLowerBetter)
    {
        if (Ours is not { } ours
            || (other.IsMdf && !other.IsUntrained)
            || measure(ours.Run) is not { Count: > 1 } mine
            || measure(other.Run) is not { } theirs)
        {
            return null;
        }

        return TTest.Paired(mine, theirs, isLowerBetter ? Alternative.Less : Alternative.Greater);
    }

    /// <summary>
    /// Returns the indices of the best and the second best column; -1 where there is none, as where all columns are equal.
    /// </summary>
    public (int Best, int Second) Ranks(Func<EvaluationResult, IReadOnlyList<double>?> measure, bool isLowerBetter)
    {
        int[] order = [.. Enumerable.Range(0, Columns.Count).Where(i => measure(Columns[i].Run) is not null)
            .OrderBy(i => measure(Columns[i].Run)!.Average() * (isLowerBetter ? 1 : -1))];
        if (order.Length > 1 && measure(Columns[order[0]].Run)!.Average() == measure(Columns[order[^1]].Run)!.Average())
        {
            return (-1, -1);
        }

        return (order.Length > 0 ? order[0] : -1, order.Length > 1 ? order[1] : -1);
    }

    /// <summary>Returns the sort key of a loss: the paper's order, with packaged weights of MDF before others.</summary>
    public static (int, bool, string, string, int) Order(LossDescription loss) => (
        LossNames.All.ToList().IndexOf(loss.Name),
        loss.Weights?.EndsWith(".ckpt", StringComparison.Ordinal) == false,
        loss.Weights ?? "",
        loss.Checksum ?? "",
        (int)loss.Precision.GetValueOrDefault());
}
