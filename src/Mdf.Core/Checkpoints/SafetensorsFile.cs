using System.Buffers.Binary;
using System.Text.Json;
using Mdf.Guards;
using Mdf.IO;
using static TorchSharp.torch;

namespace Mdf.Checkpoints;

/// <summary>
/// Reads and writes <see href="https://github.com/huggingface/safetensors">safetensors</see> files: eight bytes of header length, a JSON
/// header, and the tensors' little-endian bytes. This library's <c>.ckpt</c> files have this format.
/// </summary>
public static class SafetensorsFile
{
    private const string MetadataKey = "__metadata__";
    private const long MaximumHeaderBytes = 100_000_000;

    /// <summary>Reads the tensors and the metadata of a safetensors file.</summary>
    /// <param name="path">Path of the file.</param>
    /// <returns>The tensors by name, on the CPU, in the file's order, with the file's metadata. The caller disposes the result.</returns>
    /// <exception cref="FileNotFoundException">The file does not exist.</exception>
    /// <exception cref="DirectoryNotFoundException">The file's folder does not exist.</exception>
    /// <exception cref="UnauthorizedAccessException">The process has no permission to read the file, or the path is a folder.</exception>
    /// <exception cref="CheckpointFormatException">
    /// The file is not safetensors, is damaged, or has an element type that is not supported.
    /// </exception>
    public static StateDictionary Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1 << 16);
        return Read(new CheckpointSource(stream, path));
    }

    /// <summary>
    /// Writes tensors to a safetensors file. A temporary file in the same folder is written first and then moved to
    /// <paramref name="path"/>, so that readers never see a partial file.
    /// </summary>
    /// <param name="path">Path of the file; an existing file is replaced.</param>
    /// <param name="tensors">
    /// Tensors by name, of any shape, device and strides, with element type F16, BF16, F32, F64, I8, I16, I32, I64, U8 or BOOL.
    /// </param>
    /// <param name="metadata">Free text by name; null for no metadata.</param>
    /// <exception cref="ArgumentException">
    /// A tensor name is empty, occurs twice or is reserved (<c>__metadata__</c>), a metadata key occurs twice, or an element type is not
    /// supported.
    /// </exception>
    /// <exception cref="IOException">The file cannot be written. An existing file is unchanged.</exception>
    /// <exception cref="UnauthorizedAccessException">The process has no permission to write the file, or the path is a folder.</exception>
    public static void Write(
        string path, IEnumerable<KeyValuePair<string, Tensor>> tensors, IEnumerable<KeyValuePair<string, string>>? metadata = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(tensors);

        // Writing wide elements first keeps every tensor aligned to its element size.
        var ordered = tensors.OrderByDescending(t => t.Value.element_size()).ToList();
        byte[] header = Header(ordered, metadata);
        AtomicFile.Write(path, stream => WriteTo(stream, header, ordered));
    }

    internal static StateDictionary Read(CheckpointSource source)
    {
        using var scope = NewDisposeScope();
        byte[] start = source.ReadBytes(0, 8, "the header's length");
        ulong said = BinaryPrimitives.ReadUInt64LittleEndian(start);
        if (said > MaximumHeaderBytes)
        {
            throw source.Error(0, $"the header's length is given as {said} bytes; at most {MaximumHeaderBytes} are supported.");
        }

        long headerLength = (long)said;
        byte[] header = source.ReadBytes(8, headerLength, "the header");
        var metadata = new Dictionary<string, string>();
        List<Entry> entries = ParseHeader(source, header, metadata);
        CheckLayout(source, entries, 8 + headerLength);

        var tensors = new OrderedDictionary<string, Tensor>(entries.Count);
        foreach (Entry entry in entries)
        {
            long elements = (entry.End - entry.Begin) / ElementTypes.Size(entry.Type);
            Tensor flat = source.ReadElements(8 + headerLength + entry.Begin, elements, entry.Type, $"tensor '{entry.Name}'");
            tensors.Add(entry.Name, flat.reshape(entry.Shape));
        }

        return new StateDictionary(tensors, metadata);
    }

    private static List<Entry> ParseHeader(CheckpointSource source, byte[] header, Dictionary<string, string> metadata)
    {
        try
        {
            using var document = JsonDocument.Parse(header, new JsonDocumentOptions { MaxDepth = 8, AllowDuplicateProperties = false });
            var entries = new List<Entry>();
            foreach (JsonProperty property in document.RootElement.EnumerateObject())
            {
                if (property.NameEquals(MetadataKey))
                {
                    foreach (JsonProperty text in property.Value.EnumerateObject())
                    {
                        metadata.Add(text.Name, text.Value.GetString() ?? throw source.Error(8, $"metadata '{text.Name}' is null."));
                    }
                }
                else
                {
                    entries.Add(ParseEntry(source, property));
                }
            }

            return entries;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw source.Error(8, $"the header is not the JSON of safetensors: {e.Message}", e);
        }
    }

    private static Entry ParseEntry(CheckpointSource source, JsonProperty property)
    {
        string name = property.Name;
        string? dtype = Required(source, property, "dtype").GetString();
        ScalarType type = ElementTypes.FromSafetensors(dtype)
            ?? throw source.Error(8, $"tensor '{name}' is of type '{dtype}'; expected one of {ElementTypes.SafetensorsNames}.");
        long[] shape = Numbers(source, Required(source, property, "shape"));
        long[] range = Numbers(source, Required(source, property, "data_offsets"));
        if (TensorShape.Elements(shape) is not { } elements || range.Length != 2 || range[0] < 0 || range[1] < range[0])
        {
            throw source.Error(
                8, $"tensor '{name}' has an impossible shape {ShapeText.Of(shape)} or data offsets [{string.Join(", ", range)}].");
        }

        long bytes = elements * ElementTypes.Size(type);
        if (bytes != range[1] - range[0])
        {
            throw source.Error(
                8,
                $"tensor '{name}' of type {dtype} and shape {ShapeText.Of(shape)} takes {bytes} bytes, but its data offsets span "
                    + $"{range[1] - range[0]}.");
        }

        return new Entry(name, type, shape, range[0], range[1]);
    }

    private static JsonElement Required(CheckpointSource source, JsonProperty entry, string name) =>
        entry.Value.TryGetProperty(name, out JsonElement value)
            ? value
            : throw source.Error(8, $"tensor '{entry.Name}' has no '{name}'.");

    private static long[] Numbers(CheckpointSource source, JsonElement array) =>
        [.. array.EnumerateArray().Select(n => n.TryGetInt64(out long number)
            ? number
            : throw source.Error(8, $"'{n}' in a shape or offset is no integer of 64 bits."))];

    // The format permits neither gaps, in which bytes could hide, nor overlaps, by which a small file could demand much memory.
    private static void CheckLayout(CheckpointSource source, List<Entry> entries, long dataStart)
    {
        long at = 0;
        foreach (Entry entry in entries.OrderBy(e => e.Begin).ThenBy(e => e.End))
        {
            if (entry.Begin != at)
            {
                throw source.Error(
                    8,
                    $"tensor '{entry.Name}' starts at data byte {entry.Begin}; expected {at}: the data must have no gaps and no overlaps.");
            }

            at = entry.End;
        }

        if (at != source.Length - dataStart)
        {
            throw source.Error(8, $"the tensors take {at} bytes, but the file holds {source.Length - dataStart} after its header.");
        }
    }

    private static byte[] Header(List<KeyValuePair<string, Tensor>> tensors, IEnumerable<KeyValuePair<string, string>>? metadata)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            if (metadata is not null)
            {
                json.WriteStartObject(MetadataKey);
                var keys = new HashSet<string>();
                foreach ((string key, string value) in metadata)
                {
                    if (!keys.Add(key))
                    {
                        throw new ArgumentException($"The metadata key '{key}' occurs twice; expected distinct keys.", nameof(metadata));
                    }

                    json.WriteString(key, value);
                }

                json.WriteEndObject();
            }

            var names = new HashSet<string> { MetadataKey };
            long at = 0;
            foreach ((string name, Tensor tensor) in tensors)
            {
                if (string.IsNullOrEmpty(name) || !names.Add(name))
                {
                    throw new ArgumentException(
                        $"The tensor name '{name}' is empty, occurs twice or is the reserved '{MetadataKey}'.", nameof(tensors));
                }

                string type = ElementTypes.ToSafetensors(tensor.dtype)
                    ?? throw new ArgumentException(
                        $"Tensor '{name}' is of type {tensor.dtype}; expected one of {ElementTypes.SafetensorsNames}.", nameof(tensors));
                long end = at + (tensor.numel() * tensor.element_size());
                json.WriteStartObject(name);
                json.WriteString("dtype", type);
                WriteNumbers(json, "shape", tensor.shape);
                WriteNumbers(json, "data_offsets", [at, end]);
                json.WriteEndObject();
                at = end;
            }

            json.WriteEndObject();
        }

        // Padding makes the data start at a multiple of eight bytes.
        while (buffer.Length % 8 != 0)
        {
            buffer.WriteByte((byte)' ');
        }

        return buffer.ToArray();
    }

    private static void WriteNumbers(Utf8JsonWriter json, string name, ReadOnlySpan<long> numbers)
    {
        json.WriteStartArray(name);
        foreach (long number in numbers)
        {
            json.WriteNumberValue(number);
        }

        json.WriteEndArray();
    }

    private static void WriteTo(Stream stream, byte[] header, List<KeyValuePair<string, Tensor>> tensors)
    {
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        stream.Write(length);
        stream.Write(header);
        foreach ((_, Tensor tensor) in tensors)
        {
            using var scope = NewDisposeScope();
            using var noGradient = no_grad();
            tensor.detach().cpu().contiguous().WriteBytesToStream(stream, bufferSize: 1 << 20);
        }
    }

    private sealed record Entry(string Name, ScalarType Type, long[] Shape, long Begin, long End);
}
