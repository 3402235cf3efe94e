using Reproduce.Losses;
using Reproduce.Statistics;
using Reproduce.Trainings;

namespace Reproduce.Report;

/// <summary>Results of an application and test set with several seeds.</summary>
/// <param name="Title">Application and test set.</param>
/// <param name="Seeds">Seeds that all losses were trained with.</param>
/// <param name="Rows">Results of the losses, in the paper's order, with the result of each seed.</param>
internal sealed record PoolView(
    string Title, IReadOnlyList<long> Seeds, IReadOnlyList<(LossDescription Loss, string Label, IReadOnlyList<EvaluationResult> Runs)> Rows)
{
    /// <summary>Compares all losses but L2 with L2, over all applications, and corrects the tests for their number.</summary>
    /// <param name="pools">Results with several seeds.</param>
    /// <param name="measure">Returns the values of the images; null where they were not measured.</param>
    /// <returns>Differences from L2 with intervals and corrected two-tailed probabilities, by application and label.</returns>
    public static IReadOnlyDictionary<(string Title, string Label), (ConfidenceInterval Difference, double Probability)> Compare(
        IReadOnlyList<PoolView> pools, Func<EvaluationResult, IReadOnlyList<double>?> measure)
    {
        ((string, string) Key, double[][] Differences)[] all =
        [
            .. from pool in pools
               let baseline = pool.Rows.FirstOrDefault(r => r.Loss.Name == LossNames.L2).Runs
               where baseline is not null
               from row in pool.Rows
               where row.Runs != baseline && row.Runs.Concat(baseline).All(r => measure(r) is not null)
               select ((pool.Title, row.Label), Differences(row.Runs, baseline, measure)),
        ];
        IReadOnlyList<double> corrected = Holm.Correct([.. all.Select(a => TwoTailed(a.Differences))]);
        return all.Zip(corrected).ToDictionary(
            a => a.First.Key, a => (Bootstrap.OfTrainings(a.First.Differences), a.Second));
    }

    private static double[][] Differences(
        IReadOnlyList<EvaluationResult> runs,
        IReadOnlyList<EvaluationResult> baseline,
        Func<EvaluationResult, IReadOnlyList<double>?> measure) =>
        [.. runs.Zip(baseline, (one, other) => measure(one)!.Zip(measure(other)!, (a, b) => a - b).ToArray())];

    // The test compares the images, each by its mean over the seeds.
    private static double TwoTailed(double[][] differences)
    {
        double[] means = [.. Enumerable.Range(0, differences[0].Length).Select(i => differences.Average(d => d[i]))];
        double[] none = new double[means.Length];
        return means.Length < 2
            ? 1
            : Math.Min(1, 2 * Math.Min(TTest.Paired(means, none).Probability, TTest.Paired(means, none, Alternative.Less).Probability));
    }
}
