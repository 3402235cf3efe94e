using System.Globalization;
using System.Runtime.CompilerServices;

namespace Mdf.Guards;

/// <summary>Checks numbers and options. Messages name the argument, its value and what is expected.</summary>
internal static class Guard
{
    /// <summary>Throws unless a condition on an argument or property holds.</summary>
    /// <param name="holds">The condition.</param>
    /// <param name="value">The value that was passed.</param>
    /// <param name="expected">A description of the allowed values.</param>
    /// <param name="name">The argument or property; of "options.Epsilon", the part after the last dot is shown.</param>
    /// <param name="argument">The argument that holds the property; null if <paramref name="name"/> is the argument.</param>
    /// <exception cref="ArgumentOutOfRangeException">The condition does not hold.</exception>
    public static void Require(bool holds, object? value, string expected, string name, string? argument = null)
    {
        if (!holds)
        {
            throw OutOfRange(value, expected, name, argument);
        }
    }

    /// <summary>Returns the exception for a value out of its range; the parameters are those of <see cref="Require"/>.</summary>
    public static ArgumentOutOfRangeException OutOfRange(object? value, string expected, string name, string? argument = null)
    {
        string shown = name[(name.LastIndexOf('.') + 1)..];
        string got = Convert.ToString(value, CultureInfo.InvariantCulture) is { Length: > 0 } text ? text : "null";
        return new ArgumentOutOfRangeException(argument ?? shown, $"{shown} is {got}; expected {expected}.");
    }

    /// <summary>Returns a finite number for which a condition holds; throws otherwise.</summary>
    public static double Finite(double value, bool holds, string expected, string name)
    {
        Require(holds && double.IsFinite(value), value, expected, name);
        return value;
    }

    /// <summary>Throws unless a property of <c>options</c> is a member of its enumeration.</summary>
    public static void Defined<T>(T value)
        where T : struct, Enum => Option(Enum.IsDefined(value), value, $"one of {string.Join(", ", Enum.GetNames<T>())}", typeof(T).Name);

    /// <summary>Throws unless a property of <c>options</c> lies in a range, ends included.</summary>
    public static void InRange(double value, double least, double most, [CallerArgumentExpression(nameof(value))] string name = "") =>
        Option(value >= least && value <= most, value, string.Create(CultureInfo.InvariantCulture, $"{least} to {most}"), name);

    /// <summary>Throws unless a property of <c>options</c> is finite and above 0.</summary>
    public static void Positive(double value, [CallerArgumentExpression(nameof(value))] string name = "") =>
        Option(value > 0 && double.IsFinite(value), value, "a finite value above 0", name);

    /// <summary>Throws if a property of <c>options</c> is null.</summary>
    public static void NotNull(object? value, [CallerArgumentExpression(nameof(value))] string name = "") =>
        Option(value is not null, value, "an object", name);

    /// <summary>Throws unless a condition on a property of <c>options</c> holds.</summary>
    public static void Option(bool holds, object? value, string expected, string name) => Require(holds, value, expected, name, "options");
}
