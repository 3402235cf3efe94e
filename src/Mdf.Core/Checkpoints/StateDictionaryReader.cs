using System.Buffers.Binary;

namespace Mdf.Checkpoints;

/// <summary>
/// Reads checkpoints of any supported format, told apart by content: safetensors (also our <c>.ckpt</c>), and PyTorch's <c>.pth</c> in
/// the zip form (PyTorch 1.6 and later) and the legacy form before it, be they state dictionaries, checkpoints that nest one, or whole
/// pickled modules. Nothing in a file is executed, work and memory are bounded by the file's length, and a file that cannot be read
/// ends in <see cref="CheckpointFormatException"/>.
/// </summary>
/// <remarks>
/// Tensors have the names PyTorch's <c>state_dict</c> gives them: keys, and indices in lists and tuples, joined by dots. A tensor that
/// is the whole content is called <c>tensor</c>. What else a PyTorch file holds (numbers, settings, NumPy arrays) is left out.
/// </remarks>
public static class StateDictionaryReader
{
    /// <summary>Reads a checkpoint file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">How to read it; null for the defaults.</param>
    /// <returns>The tensors by name, on the CPU, in the file's order; the caller disposes them.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="UnauthorizedAccessException">The file must not be read, or the path is a folder.</exception>
    /// <exception cref="CheckpointFormatException">The file is damaged or of a form that is not read.</exception>
    public static StateDictionary Read(string path, CheckpointReadOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1 << 16);
        return Read(stream, path, options);
    }

    /// <summary>Reads a checkpoint from a stream.</summary>
    /// <param name="stream">A stream that can seek; read from its start, whatever its position, and left open.</param>
    /// <param name="name">The name to use in error messages.</param>
    /// <param name="options">How to read it; null for the defaults.</param>
    /// <returns>The tensors by name, on the CPU, in the file's order; the caller disposes them.</returns>
    /// <exception cref="ArgumentException">The stream cannot seek.</exception>
    /// <exception cref="CheckpointFormatException">The content is damaged or of a form that is not read.</exception>
    public static StateDictionary Read(Stream stream, string name, CheckpointReadOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(name);
        if (!stream.CanSeek)
        {
            throw new ArgumentException("The stream cannot seek, which reading a checkpoint needs; copy it to a MemoryStream first.", nameof(stream));
        }

        options ??= new CheckpointReadOptions();
        var source = new CheckpointSource(stream, name);
        Span<byte> start = stackalloc byte[10];
        start = start[..(int)Math.Min(start.Length, source.Length)];
        source.Read(0, start);

        return source.Length switch
        {
            0 => throw source.Error(0, "the file is empty."),
            _ when start.StartsWith("PK\x03\x04"u8) => PyTorchZipFile.Read(source, options),
            _ when start.StartsWith(PyTorchLegacyFile.Start) => PyTorchLegacyFile.Read(source, options),
            _ when LooksLikeSafetensors(start, source.Length) => SafetensorsFile.Read(source),
            _ => throw source.Error(0, $"it is neither safetensors nor a PyTorch checkpoint{Guess(start)} (it starts with {Convert.ToHexString(start)})."),
        };
    }

    // What people have instead, as a rule.
    private static string Guess(ReadOnlySpan<byte> start) => start switch
    {
        _ when start.StartsWith("<"u8) => ", but looks like a web page: download the file itself",
        _ when start.StartsWith("version "u8) => ", but looks like a pointer of Git LFS: fetch the file itself by 'git lfs pull'",
        [0x80, <= 5, ..] => ", but a pickle that torch.save did not write",
        _ => "",
    };

    // A header length that fits, and then the opening brace of its JSON.
    private static bool LooksLikeSafetensors(ReadOnlySpan<byte> start, long length) =>
        start.Length > 8 && start[8] == '{' && BinaryPrimitives.ReadUInt64LittleEndian(start) is var header && header <= (ulong)(length - 8);
}
