using System.Globalization;

namespace Mdf.Training;

/// <summary>Refuses settings that are out of range.</summary>
internal static class SettingChecks
{
    public static void Require(bool holds, string name, object? value, string expected)
    {
        if (!holds)
        {
            throw new ArgumentOutOfRangeException(name, string.Create(CultureInfo.InvariantCulture, $"{name} is {value}; expected {expected}."));
        }
    }
}
