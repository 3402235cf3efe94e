using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Reproduce.Experiments;

/// <summary>
/// Tells experiments apart by what decides their result. A description is any object that serializes to JSON; its identity is a hash of
/// that JSON with all properties in order, so that neither the order of members nor that of dictionaries matters.
/// </summary>
public static class ExperimentIdentity
{
    private const int Digits = 16;

    /// <summary>How descriptions and results are written; enumerations by name.</summary>
    internal static JsonSerializerOptions Json { get; } = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new JsonStringEnumConverter() },
    };

    /// <summary>The identity of an experiment.</summary>
    /// <param name="description">All that decides the result: settings, seeds, checksums of data and weights. Nulls count as absent.</param>
    /// <returns>16 hexadecimal digits, the same on every machine.</returns>
    public static string Of(object description) =>
        Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(Canonical(description))))[..Digits];

    /// <summary>The checksum of a file, to be part of a description.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The first 16 hexadecimal digits of its SHA-256.</returns>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static string OfFile(string path)
    {
        using FileStream file = File.OpenRead(path);
        return OfContent(file);
    }

    /// <summary>The checksum of data, to be part of a description.</summary>
    /// <param name="content">The data, read to its end.</param>
    /// <returns>The first 16 hexadecimal digits of its SHA-256.</returns>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static string OfContent(Stream content) => Convert.ToHexStringLower(SHA256.HashData(content))[..Digits];

    /// <summary>The JSON of an object, properties sorted by name.</summary>
    internal static JsonNode? Canonical(object description)
    {
        ArgumentNullException.ThrowIfNull(description);
        return Sorted(JsonSerializer.SerializeToNode(description, description.GetType(), Json));
    }

    private static JsonNode? Sorted(JsonNode? node) => node switch
    {
        JsonObject members => new JsonObject(
            members.OrderBy(m => m.Key, StringComparer.Ordinal).Select(m => KeyValuePair.Create(m.Key, Sorted(m.Value)))),
        JsonArray items => new JsonArray([.. items.Select(Sorted)]),
        _ => node?.DeepClone(),
    };
}
