using System.Globalization;

namespace Mdf.Degradations;

/// <summary>Validates and formats the settings of degradations.</summary>
internal static class Settings
{
    /// <summary>Returns the value if it is finite and legal; throws otherwise.</summary>
    public static double Require(double value, bool isLegal, string expected, string name) => isLegal && double.IsFinite(value)
        ? value
        : throw new ArgumentOutOfRangeException(name, Text($"Expected {expected}, got {value}."));

    /// <summary>Returns the scale factor if it is at least 2; throws otherwise.</summary>
    public static int RequireFactor(int factor, string name) => factor >= 2
        ? factor
        : throw new ArgumentOutOfRangeException(name, Text($"Expected a factor of at least 2, got {factor}."));

    /// <summary>Formats text independently of the machine's culture.</summary>
    public static string Text(FormattableString text) => FormattableString.Invariant(text);

    /// <summary>Formats a range as "7" or "7 to 10".</summary>
    public static string Range(double lowest, double highest)
        => lowest == highest ? lowest.ToString(CultureInfo.InvariantCulture) : Text($"{lowest} to {highest}");
}
