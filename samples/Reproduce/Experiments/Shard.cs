using System.Globalization;

namespace Reproduce.Experiments;

/// <summary>One of several equal parts of a grid of experiments, for as many processes or machines.</summary>
public readonly record struct Shard
{
    /// <summary>A part.</summary>
    /// <param name="number">Which one, 1 to <paramref name="count"/>.</param>
    /// <param name="count">Of how many.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such part.</exception>
    public Shard(int number, int count)
    {
        if (count < 1 || number < 1 || number > count)
        {
            throw new ArgumentOutOfRangeException(nameof(number), $"Part {number} of {count} does not exist; expected 1/1, 1/2, 2/2 and so on.");
        }

        Number = number;
        Count = count;
    }

    /// <summary>The whole.</summary>
    public static Shard Whole { get; } = new(1, 1);

    /// <summary>Which one, from 1.</summary>
    public int Number { get; }

    /// <summary>Of how many.</summary>
    public int Count { get; }

    /// <summary>Reads "1/4".</summary>
    /// <param name="text">The number and the count, with a slash between them.</param>
    /// <returns>The part.</returns>
    /// <exception cref="ArgumentException">It is no such text, or there is no such part.</exception>
    public static Shard Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Split('/') is [string number, string count]
            && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int n)
            && int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out int all)
            ? new Shard(n, all)
            : throw new ArgumentException($"'{text}' is no part of a grid; expected one like 1/4.", nameof(text));
    }

    /// <summary>Which of a grid's experiments are its own: every <see cref="Count"/>th.</summary>
    /// <typeparam name="T">What is divided.</typeparam>
    /// <param name="all">The whole grid, in the same order for every part.</param>
    /// <returns>Its own, in order.</returns>
    public IEnumerable<T> Of<T>(IEnumerable<T> all)
    {
        (int number, int count) = (Number, Count);
        return all.Where((_, i) => i % count == number - 1);
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Number}/{Count}");
}
