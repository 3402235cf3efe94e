namespace Reproduce.Statistics;

/// <summary>
/// Corrects the probabilities of several tests for their number by Holm's method: the probability that any true null hypothesis is rejected
/// stays below the level.
/// </summary>
/// <remarks>Holm, "A Simple Sequentially Rejective Multiple Test Procedure", 1979.</remarks>
public static class Holm
{
    /// <summary>Returns the corrected probabilities, in the order of the tests. Each is to be compared with the level.</summary>
    /// <param name="probabilities">Probabilities of the tests, 0 to 1.</param>
    /// <returns>Corrected probabilities, 0 to 1; none is below the probability itself.</returns>
    /// <exception cref="ArgumentException">A probability is out of its range.</exception>
    public static IReadOnlyList<double> Correct(IReadOnlyList<double> probabilities)
    {
        ArgumentNullException.ThrowIfNull(probabilities);
        if (probabilities.FirstOrDefault(p => !(p is >= 0 and <= 1), 0) is var bad && !(bad is >= 0 and <= 1))
        {
            throw new ArgumentException($"A probability is {bad}; expected 0 to 1.", nameof(probabilities));
        }

        int[] order = [.. Enumerable.Range(0, probabilities.Count).OrderBy(i => probabilities[i])];
        var corrected = new double[order.Length];
        double largest = 0;
        for (int rank = 0; rank < order.Length; rank++)
        {
            largest = Math.Max(largest, Math.Min(1, probabilities[order[rank]] * (order.Length - rank)));
            corrected[order[rank]] = largest;
        }

        return corrected;
    }
}
