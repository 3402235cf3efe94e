using System.Globalization;
using Mdf.Guards;

namespace Mdf.Degradations;

/// <summary>Checks and formats the settings of degradations.</summary>
internal static class Settings
{
    /// <summary>Returns the scale factor if it is at least 2; throws otherwise.</summary>
    public static int Factor(int factor, string name)
    {
        Guard.Require(factor >= 2, factor, "a factor of at least 2", name);
        return factor;
    }

    /// <summary>Formats text independently of the machine's culture.</summary>
    public static string Text(FormattableString text) => FormattableString.Invariant(text);

    /// <summary>Formats a range as "7" or "7 to 10".</summary>
    public static string Range(double lowest, double highest)
        => lowest == highest ? lowest.ToString(CultureInfo.InvariantCulture) : Text($"{lowest} to {highest}");
}
