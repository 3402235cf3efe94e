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

    private const string VersionKey = "version";
    private const string LibraryKey = "library";

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

    /// <summary>Copies weights into a network after checking that their names and shapes are exactly those of the network.</summary>
    /// <param name="path">Path of the file, for messages.</param>
    /// <param name="subject">The part of the file that the weights come from, for messages: "the file" or "scale 0".</param>
    /// <param name="weights">Weights by the network's names.</param>
    /// <param name="network">The network, which is unchanged if the check fails.</param>
    public static void Copy(string path, string subject, IReadOnlyDictionary<string, Tensor> weights, nn.Module network)
    {
        Dictionary<string, Tensor> targets = network.state_dict();

        // PyTorch before 0.4.1 did not save this counter, and evaluation does not use it.
        const string Optional = ".num_batches_tracked";
        string[] missing = [.. targets.Keys.Except(weights.Keys).Where(name => !name.EndsWith(Optional, StringComparison.Ordinal))];
        string[] unexpected = [.. weights.Keys.Except(targets.Keys)];
        if (missing.Length + unexpected.Length > 0)
        {
            string[] faults =
            [
                .. missing.Length > 0 ? [$"lacks [{List(missing)}]"] : Array.Empty<string>(),
                .. unexpected.Length > 0 ? [$"has the unexpected [{List(unexpected)}]"] : Array.Empty<string>(),
            ];
            throw new CheckpointFormatException(path, null, $"{subject} {string.Join(" and ", faults)}.");
        }

        string[] misshapen =
        [
            .. from weight in weights
               let expected = targets[weight.Key].shape
               where !weight.Value.shape.SequenceEqual(expected)
               select $"'{weight.Key}' of shape {ShapeText.Of(weight.Value)} "
                   + $"where [{string.Join(", ", expected)}] is expected",
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
    }

    private static string List(string[] items)
        => string.Join(", ", items.Take(MostListed)) + (items.Length > MostListed ? $", ... ({items.Length} in all)" : "");

    private static string LibraryVersion() => "Mdf " + (typeof(NetworkWeights).Assembly
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "unknown");
}
