using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Reproduce.Experiments;

/// <summary>
/// Computes identities of experiments and checksums of their data. The identity is a hash of an experiment's description, any object that
/// serialises to JSON and contains everything that determines the result.
/// </summary>
/// <remarks>
/// The properties of the JSON are sorted by name before hashing, so the order of class members and dictionary entries does not matter.
/// </remarks>
public static class ExperimentIdentity
{
    private const int Digits = 16;

    /// <summary>JSON format of descriptions and results; enumerations are written by name.</summary>
    internal static JsonSerializerOptions Json { get; } = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new JsonStringEnumConverter() },
    };

    /// <summary>Computes the identity of an experiment.</summary>
    /// <param name="description">
    /// Everything that determines the result: settings, seeds, checksums of data and weights. Null values count as absent.
    /// </param>
    /// <returns>16 hexadecimal digits, equal on every machine.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="description"/> is null.</exception>
    public static string Of(object description) =>
        Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(Canonical(description))))[..Digits];

    /// <summary>Computes the checksum of a file, for use in a description.</summary>
    /// <param name="path">Path of the file.</param>
    /// <returns>The first 16 hexadecimal digits of the file's SHA-256 hash.</returns>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static string OfFile(string path)
    {
        using FileStream file = File.OpenRead(path);
        return OfContent(file);
    }

    /// <summary>Computes the checksum of data, for use in a description.</summary>
    /// <param name="content">The data, read from the current position to the end.</param>
    /// <returns>The first 16 hexadecimal digits of the data's SHA-256 hash.</returns>
    /// <exception cref="IOException">The stream cannot be read.</exception>
    public static string OfContent(Stream content) => Convert.ToHexStringLower(SHA256.HashData(content))[..Digits];

    /// <summary>Returns the JSON of an object with all properties sorted by name.</summary>
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
