using System.Globalization;

namespace Mdf.Checkpoints;

/// <summary>
/// Thrown when a checkpoint is damaged, hostile or in an unsupported format. The message names the file, the byte offset and the reason.
/// </summary>
public sealed class CheckpointFormatException : FormatException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="file">The file's path, or another name for the source of the bytes.</param>
    /// <param name="offset">Offset of the fault in bytes from the start of the file; null if the fault has no single position.</param>
    /// <param name="reason">What was found and what was expected.</param>
    /// <param name="innerException">The exception that caused this one; null if there is none.</param>
    public CheckpointFormatException(string file, long? offset, string reason, Exception? innerException = null)
        : base(Describe(file, offset, reason), innerException)
    {
        File = file;
        Offset = offset;
        Reason = reason;
    }

    /// <summary>Path of the checkpoint file, or another name for the source of its bytes.</summary>
    public string File { get; }

    /// <summary>Offset of the fault in bytes from the start of the file; null if the fault has no single position.</summary>
    public long? Offset { get; }

    /// <summary>The reason for the failure: what was found and what was expected.</summary>
    public string Reason { get; }

    private static string Describe(string file, long? offset, string reason) => offset is { } at
        ? string.Create(CultureInfo.InvariantCulture, $"Cannot read checkpoint '{file}' (at byte {at}): {reason}")
        : $"Cannot read checkpoint '{file}': {reason}";
}
