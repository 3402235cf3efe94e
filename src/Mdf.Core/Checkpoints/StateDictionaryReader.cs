using System.Buffers.Binary;
using Mdf.TorchCompatibility;

namespace Mdf.Checkpoints;

/// <summary>
/// Reads checkpoints and detects their format by content: safetensors (including this library's <c>.ckpt</c>), PyTorch's zip format
/// (1.6 and later) and PyTorch's legacy format. A PyTorch file may hold a state dictionary, a checkpoint that nests one, or a whole pickled
/// module. No code in a file is executed, and the file's length bounds work and memory. A file that cannot be read raises
/// <see cref="CheckpointFormatException"/>.
/// </summary>
/// <remarks>
/// Tensors have the names that PyTorch's <c>state_dict</c> gives them: keys, and indices in lists and tuples, joined by dots. A tensor that
/// is the whole content is named <c>tensor</c>. Other content of a PyTorch file (numbers, settings, NumPy arrays) is ignored.
/// </remarks>
public static class StateDictionaryReader
{
    /// <summary>Reads a checkpoint file.</summary>
    /// <param name="path">Path of the file.</param>
    /// <param name="options">Read options; null for the defaults.</param>
    /// <returns>The tensors by name, on the CPU, in the file's order. The caller disposes the result.</returns>
    /// <exception cref="FileNotFoundException">The file does not exist.</exception>
    /// <exception cref="DirectoryNotFoundException">The file's folder does not exist.</exception>
    /// <exception cref="UnauthorizedAccessException">The process has no permission to read the file, or the path is a folder.</exception>
    /// <exception cref="CheckpointFormatException">The file is damaged or its format is not supported.</exception>
    public static StateDictionary Read(string path, CheckpointReadOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1 << 16);
        return Read(stream, path, options);
    }

    /// <summary>Reads a checkpoint from a stream.</summary>
    /// <param name="stream">A seekable stream. It is read from its start, regardless of its position, and stays open.</param>
    /// <param name="name">Name of the checkpoint in error messages.</param>
    /// <param name="options">Read options; null for the defaults.</param>
    /// <returns>The tensors by name, on the CPU, in the file's order. The caller disposes the result.</returns>
    /// <exception cref="ArgumentException">The stream cannot seek.</exception>
    /// <exception cref="CheckpointFormatException">The content is damaged or its format is not supported.</exception>
    public static StateDictionary Read(Stream stream, string name, CheckpointReadOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(name);
        if (!stream.CanSeek)
        {
            throw new ArgumentException("Expected a stream that can seek; copy the content to a MemoryStream first.", nameof(stream));
        }

        using var mode = InferenceMode.Leave();
        options ??= new CheckpointReadOptions();
        var source = new CheckpointSource(stream, name);
        Span<byte> start = stackalloc byte[PyTorchLegacyFile.StartLength];
        start = start[..(int)Math.Min(start.Length, source.Length)];
        source.Read(0, start);

        return source.Length switch
        {
            0 => throw source.Error(0, "the file is empty."),
            _ when start.StartsWith("PK\x03\x04"u8) => PyTorchZipFile.Read(source, options),
            _ when PyTorchLegacyFile.IsStart(start) => PyTorchLegacyFile.Read(source, options),
            _ when LooksLikeSafetensors(start, source.Length) => Stripped(SafetensorsFile.Read(source), options),
            _ => throw source.Error(
                0,
                $"the file is neither safetensors nor a PyTorch checkpoint{Guess(start)} "
                + $"(it starts with {Convert.ToHexString(start[..Math.Min(start.Length, 10)])})."),
        };
    }

    private static StateDictionary Stripped(StateDictionary read, CheckpointReadOptions options)
    {
        string prefix = options.StripPrefixes ? WrapperPrefix.Of(read.Keys) : "";
        return prefix.Length == 0 ? read : read.WithoutPrefix(prefix);
    }

    // Recognises files that are often mistaken for a checkpoint.
    private static string Guess(ReadOnlySpan<byte> start) => start switch
    {
        _ when start.StartsWith("<"u8) => ", but looks like a web page: download the file itself",
        _ when start.StartsWith("version "u8) => ", but looks like a pointer of Git LFS: fetch the file itself by 'git lfs pull'",
        [0x80, <= 5, ..] => ", but a pickle that torch.save did not write",
        _ => "",
    };

    // A header length that fits the file, followed by the opening brace of the JSON header.
    private static bool LooksLikeSafetensors(ReadOnlySpan<byte> start, long length) =>
        start.Length > 8 && start[8] == '{' && BinaryPrimitives.ReadUInt64LittleEndian(start) <= (ulong)(length - 8);
}
