using System.Reflection;
using Mdf.Checkpoints;
using Mdf.Guards;
using static TorchSharp.torch;

namespace Mdf.Models;

/// <summary>Loads and saves the weights of networks.</summary>
internal static class NetworkWeights
{
    public const string FormatKey = "format";
    public const string Version = "1";

    public const string VersionKey = "version";
    public const string LibraryKey = "library";

    // Largest number of names or shapes in one message.
    private const int MostListed = 8;

    /// <summary>Writes a network as safetensors, with the given metadata and the entries of the format.</summary>
    public static void Save(string path, nn.Module network, string format, IReadOnlyDictionary<string, string> metadata)
    {
        var all = new Dictionary<string, string>(metadata)
        {
            [FormatKey] = format,
            [VersionKey] = Version,
            [LibraryKey] = LibraryVersion(),
        };
        SafetensorsFile.Write(path, network.state_dict(), all);
    }

    /// <summary>
    /// Throws if a file has this library's format but another version. Files of other tools have another format ("pt", for instance) or
    /// none.
    /// </summary>
    /// <returns>True if the file has this library's format.</returns>
    public static bool CheckFormat(string path, IReadOnlyDictionary<string, string> metadata, string format)
    {
        if (metadata.GetValueOrDefault(FormatKey) != format)
        {
            return false;
        }

        return metadata.GetValueOrDefault(VersionKey) == Version
            ? true
            : throw new CheckpointFormatException(
                path,
                null,
                $"its format is '{format}' version '{metadata.GetValueOrDefault(VersionKey)}'; only version '{Version}' is supported.");
    }

    /// <summary>
    /// Returns a file's weights under a network's names: as they are, or without a prefix that all of them share and whose removal makes
    /// them fit.
    /// </summary>
    /// <param name="weights">The file's weights.</param>
    /// <param name="translate">Maps published names to the network's.</param>
    /// <param name="network">The network.</param>
    public static IReadOnlyDictionary<string, Tensor> Fitting(
        StateDictionary weights,
        Func<IReadOnlyDictionary<string, Tensor>, IReadOnlyDictionary<string, Tensor>> translate,
        nn.Module network)
    {
        IReadOnlyDictionary<string, Tensor> asTheyAre = translate(weights);
        Dictionary<string, Tensor> targets = network.state_dict();
        if (Fits(asTheyAre) || weights.Count == 0)
        {
            return asTheyAre;
        }

        string first = weights.Keys.First();
        for (int dot = first.IndexOf('.', StringComparison.Ordinal); dot >= 0; dot = first.IndexOf('.', dot + 1))
        {
            string prefix = first[..(dot + 1)];
            if (!weights.Keys.All(name => name.StartsWith(prefix, StringComparison.Ordinal)))
            {
                break;
            }

            IReadOnlyDictionary<string, Tensor> stripped = translate(weights.ToDictionary(w => w.Key[prefix.Length..], w => w.Value));
            if (Fits(stripped))
            {
                return stripped;
            }
        }

        return asTheyAre;

        bool Fits(IReadOnlyDictionary<string, Tensor> named) => !Missing(targets, named).Any() && !named.Keys.Except(targets.Keys).Any();
    }

    /// <summary>Copies weights into a network after checking that their names and shapes are exactly those of the network.</summary>
    /// <param name="path">Path of the file, for messages.</param>
    /// <param name="subject">The part of the file that the weights come from, for messages: "the file" or "scale 0".</param>
    /// <param name="weights">Weights by the network's names.</param>
    /// <param name="network">The network, which is unchanged if the check fails.</param>
    /// <param name="file">The weights by their names in the file, for messages; null if <paramref name="weights"/> has those names.</param>
    public static void Copy(
        string path, string subject, IReadOnlyDictionary<string, Tensor> weights, nn.Module network, StateDictionary? file = null)
    {
        Dictionary<string, Tensor> targets = network.state_dict();
        string[] missing = [.. Missing(targets, weights)];
        string[] unexpected = [.. weights.Where(w => !targets.ContainsKey(w.Key)).Select(NameInFile)];
        if (missing.Length + unexpected.Length > 0)
        {
            string[] faults =
            [
                .. missing.Length > 0 ? [$"lacks [{List(missing)}]"] : Array.Empty<string>(),
                .. unexpected.Length > 0 ? [$"has the unexpected [{List(unexpected)}]"] : Array.Empty<string>(),
            ];
            throw new CheckpointFormatException(path, null, $"{subject} {string.Join(" and ", faults)}.{Hint(file)}");
        }

        string[] misshapen =
        [
            .. from weight in weights
               let expected = targets[weight.Key].shape
               where !weight.Value.shape.SequenceEqual(expected)
               select $"'{NameInFile(weight)}' of shape {ShapeText.Of(weight.Value)} "
                   + $"where {ShapeText.Of(expected)} is expected",
        ];
        if (misshapen.Length > 0)
        {
            throw new CheckpointFormatException(path, null, $"{subject} has {List(misshapen)}.");
        }

        using var noGradient = no_grad();
        foreach ((string name, Tensor source) in weights)
        {
            targets[name].copy_(source);
        }

        string NameInFile(KeyValuePair<string, Tensor> weight) =>
            file?.Where(f => ReferenceEquals(f.Value, weight.Value)).Select(f => f.Key).FirstOrDefault() is { } name
                ? file.Prefix + name
                : weight.Key;
    }

    // PyTorch before 0.4.1 did not save the number of batches, and evaluation does not use it.
    private static IEnumerable<string> Missing(Dictionary<string, Tensor> targets, IReadOnlyDictionary<string, Tensor> weights) =>
        targets.Keys.Where(name => !weights.ContainsKey(name) && !name.EndsWith(".num_batches_tracked", StringComparison.Ordinal));

    private static string Hint(StateDictionary? file) => file is { Candidates.Count: > 1 }
        ? $" The file holds weights under the keys {string.Join(", ", file.Candidates.Select(k => $"'{k}'"))}; name one by the key."
        : "";

    private static string List(string[] items)
        => string.Join(", ", items.Take(MostListed)) + (items.Length > MostListed ? $", ... ({items.Length} in all)" : "");

    /// <summary>Returns the name and version of the library.</summary>
    public static string LibraryVersion() => "Mdf " + (typeof(NetworkWeights).Assembly
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "unknown");
}
