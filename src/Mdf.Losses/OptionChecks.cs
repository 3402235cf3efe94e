using System.Globalization;
using System.Runtime.CompilerServices;

namespace Mdf.Losses;

/// <summary>Checks the options a loss is made with. Every message names the option, what was got and what was expected.</summary>
internal static class OptionChecks
{
    private static readonly string Argument = "options";

    public static void RequireDefined<T>(T value)
        where T : struct, Enum =>
        Require(Enum.IsDefined(value), value, $"one of {string.Join(", ", Enum.GetNames<T>())}", typeof(T).Name);

    public static void RequireInRange(double value, double least, double most, [CallerArgumentExpression(nameof(value))] string name = "") =>
        Require(value >= least && value <= most, value, string.Create(CultureInfo.InvariantCulture, $"{least} to {most}"), name);

    public static void RequirePositive(double value, [CallerArgumentExpression(nameof(value))] string name = "") =>
        Require(value > 0 && double.IsFinite(value), value, "a finite value above 0", name);

    public static void RequireNotNull(object? value, [CallerArgumentExpression(nameof(value))] string name = "") =>
        Require(value is not null, value, "an object", name);

    /// <summary>Fails unless the condition holds; the option's name is what follows the last dot of <paramref name="name"/>.</summary>
    public static void Require(bool condition, object? value, string expected, string name)
    {
        if (!condition)
        {
            string got = Convert.ToString(value, CultureInfo.InvariantCulture) is { Length: > 0 } text ? text : "null";
            throw new ArgumentOutOfRangeException(Argument, value, $"{name.Split('.')[^1]} is {got}; expected {expected}.");
        }
    }
}
