using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Mdf.Checkpoints;
using Mdf.Training;

namespace Samples.Common;

/// <summary>Says in one line, in the words of the command line, why something failed.</summary>
internal static class Messages
{
    private const string ParameterStart = " (Parameter '";

    /// <summary>The option for each setting of the library that a message may name.</summary>
    public static IReadOnlyDictionary<string, string> OptionNames { get; set; } = new Dictionary<string, string>();

    /// <summary>Describes an exception in one line, or with its stack trace if the exception is unexpected.</summary>
    public static string Reason(Exception e) => IsForeseen(e) ? FirstLine(e) : e.ToString();

    /// <summary>Whether files, settings or devices cause such an exception. All others are bugs, whose stack trace is needed.</summary>
    public static bool IsForeseen(Exception e) =>
        e is IOException or InvalidDataException or UnauthorizedAccessException or ArgumentException or InvalidOperationException
            or NotSupportedException or CheckpointFormatException or TrainingDivergedException or ExternalException;

    /// <summary>
    /// Returns the first line of an exception's message, without the names of parameters, and with options instead of the library's
    /// settings. libtorch's messages continue with a stack trace.
    /// </summary>
    public static string FirstLine(Exception e)
    {
        string line = e.Message.Split('\n', 2)[0].TrimEnd();
        int parameter = e is ArgumentException ? line.IndexOf(ParameterStart, StringComparison.Ordinal) : -1;
        line = parameter < 0 ? line : line[..parameter];
        if (e is not (ArgumentException or TrainingStateException or TrainingDivergedException))
        {
            return line;
        }

        line = line.Replace("Write to another place", "Choose another folder by --output", StringComparison.Ordinal);
        return OptionNames.Aggregate(line, (text, name) => Regex.Replace(text, $@"\b{name.Key}\b", name.Value));
    }
}
