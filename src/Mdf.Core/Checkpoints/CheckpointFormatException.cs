using System.Globalization;

namespace Mdf.Checkpoints;

/// <summary>
/// A checkpoint is damaged, hostile, or of a form this library does not read. The message names the file, the place and the reason.
/// </summary>
public sealed class CheckpointFormatException : FormatException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="file">The file's path, or another name of where the bytes came from.</param>
    /// <param name="offset">The place in the file, in bytes from its start, or null if no single place is to blame.</param>
    /// <param name="reason">What was found and what was expected.</param>
    /// <param name="innerException">What led to this, if anything.</param>
    public CheckpointFormatException(string file, long? offset, string reason, Exception? innerException = null)
        : base(Describe(file, offset, reason), innerException)
    {
        File = file;
        Offset = offset;
        Reason = reason;
    }

    /// <summary>The file's path, or another name of where the bytes came from.</summary>
    public string File { get; }

    /// <summary>The place in the file, in bytes from its start; null if no single place is to blame.</summary>
    public long? Offset { get; }

    /// <summary>What was found and what was expected.</summary>
    public string Reason { get; }

    private static string Describe(string file, long? offset, string reason) => offset is { } at
        ? string.Create(CultureInfo.InvariantCulture, $"Cannot read checkpoint '{file}' (at byte {at}): {reason}")
        : $"Cannot read checkpoint '{file}': {reason}";
}
