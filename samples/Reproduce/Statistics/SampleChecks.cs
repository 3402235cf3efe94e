using System.Globalization;

namespace Reproduce.Statistics;

/// <summary>Checks samples and numeric arguments.</summary>
internal static class SampleChecks
{
    public static void Require(IReadOnlyList<double> values, int atLeast, string name)
    {
        ArgumentNullException.ThrowIfNull(values, name);
        if (values.Count < atLeast)
        {
            throw new ArgumentException($"{name} holds {values.Count} values; expected at least {atLeast}.", name);
        }
    }

    public static void RequireRange(double value, bool holds, string expected, string name)
    {
        if (!holds)
        {
            throw new ArgumentOutOfRangeException(
                name, string.Create(CultureInfo.InvariantCulture, $"{name} is {value}; expected {expected}."));
        }
    }
}
