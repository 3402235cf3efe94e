using System.Globalization;

namespace Reproduce.Experiments;

/// <summary>One of several equal parts of a grid of experiments, to divide the grid among processes or machines.</summary>
public readonly record struct Shard
{
    /// <summary>Text for the shard of a task of a Slurm array.</summary>
    public const string Slurm = "slurm";

    /// <summary>Creates a shard.</summary>
    /// <param name="number">Number of the shard, 1 to <paramref name="count"/>.</param>
    /// <param name="count">Number of shards that the grid is divided into; at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of its range.</exception>
    public Shard(int number, int count)
    {
        if (count < 1 || number < 1 || number > count)
        {
            throw new ArgumentOutOfRangeException(
                nameof(number), $"Part {number} of {count} does not exist; expected 1/1, 1/2, 2/2 and so on.");
        }

        Number = number;
        Count = count;
    }

    /// <summary>The shard that contains the whole grid.</summary>
    public static Shard Whole { get; } = new(1, 1);

    /// <summary>Number of the shard, from 1 to <see cref="Count"/>.</summary>
    public int Number { get; }

    /// <summary>Number of shards that the grid is divided into.</summary>
    public int Count { get; }

    /// <summary>Parses a shard such as "1/4", or takes that of a task of a Slurm array.</summary>
    /// <param name="text">Number and count of the shard, separated by a slash, or "slurm".</param>
    /// <returns>The shard.</returns>
    /// <exception cref="ArgumentException">
    /// The text has another format, a number is out of its range, or this process is no task of a Slurm array.
    /// </exception>
    public static Shard Parse(string text) => Parse(text, Environment.GetEnvironmentVariable);

    /// <summary>Parses a shard.</summary>
    /// <param name="text">Number and count of the shard, separated by a slash, or "slurm".</param>
    /// <param name="variable">Returns the value of an environment variable, or null.</param>
    internal static Shard Parse(string text, Func<string, string?> variable)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text == Slurm)
        {
            return OfSlurm(variable);
        }
        return text.Split('/') is [string number, string count]
            && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int n)
            && int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out int all)
            ? new Shard(n, all)
            : throw new ArgumentException(
                $"'{text}' is not a part of a grid; expected a number and a count such as 1/4, or slurm.", nameof(text));
    }

    /// <summary>Selects the experiments of this shard: every <see cref="Count"/>th experiment of the grid.</summary>
    /// <typeparam name="T">Type of an experiment.</typeparam>
    /// <param name="all">The whole grid, in an order that is the same for every shard.</param>
    /// <returns>The experiments of this shard, in the order of the grid.</returns>
    public IEnumerable<T> Of<T>(IEnumerable<T> all)
    {
        (int number, int count) = (Number, Count);
        return all.Where((_, i) => i % count == number - 1);
    }

    // Array tasks have the numbers from first to last in steps.
    private static Shard OfSlurm(Func<string, string?> variable)
    {
        int task = Number("ID"), first = Number("MIN"), last = Number("MAX"), count = Number("COUNT");
        int step = count > 1 ? (last - first) / (count - 1) : 1;
        return (last - first) == step * (count - 1) && (task - first) % step == 0
            ? new Shard(((task - first) / step) + 1, count)
            : throw new ArgumentException(
                $"The {count} tasks of the Slurm array from {first} to {last} are not evenly spaced; expected a range, such as "
                + "--array=1-4.",
                nameof(variable));

        int Number(string name)
        {
            string full = $"SLURM_ARRAY_TASK_{name}";
            return int.TryParse(variable(full), NumberStyles.None, CultureInfo.InvariantCulture, out int number)
                ? number
                : throw new ArgumentException(
                    $"{full} is '{variable(full)}'; expected a number, as in a task of 'sbatch --array=1-4'. Elsewhere name the part, such "
                    + "as 1/4.",
                    nameof(variable));
        }
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Number}/{Count}");
}
