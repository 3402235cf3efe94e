using System.Globalization;

namespace Mdf.Degradations;

/// <summary>Checks and describes the settings of degradations.</summary>
internal static class Settings
{
    /// <summary>The value, if it is finite and legal.</summary>
    public static double Require(double value, bool isLegal, string expected, string name) => isLegal && double.IsFinite(value)
        ? value
        : throw new ArgumentOutOfRangeException(name, Text($"Expected {expected}, got {value}."));

    /// <summary>The factor of a change of size.</summary>
    public static int RequireFactor(int factor, string name) => factor >= 2
        ? factor
        : throw new ArgumentOutOfRangeException(name, Text($"Expected a factor of at least 2, got {factor}."));

    /// <summary>Text with numbers that do not depend on the machine's language.</summary>
    public static string Text(FormattableString text) => FormattableString.Invariant(text);

    /// <summary>"7", or "7 to 10".</summary>
    public static string Range(double lowest, double highest)
        => lowest == highest ? lowest.ToString(CultureInfo.InvariantCulture) : Text($"{lowest} to {highest}");
}
