using System.Reflection;
using Mdf.Checkpoints;
using static TorchSharp.torch;

namespace Mdf.Models;

/// <summary>What loading and saving networks have in common.</summary>
internal static class NetworkWeights
{
    public const string FormatKey = "format";
    public const string Version = "1";

    private const string VersionKey = "version";
    private const string LibraryKey = "library";

    // Names and shapes to list in one message.
    private const int MostListed = 8;

    /// <summary>Writes a network as safetensors, with what is said about it and the format's own entries.</summary>
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

    /// <summary>Refuses a file of our format but of another version. Other tools write other formats ("pt", say), or none.</summary>
    /// <returns>Whether the file is of our format.</returns>
    public static bool CheckFormat(string path, IReadOnlyDictionary<string, string> metadata, string format)
    {
        if (metadata.GetValueOrDefault(FormatKey) != format)
        {
            return false;
        }

        return metadata.GetValueOrDefault(VersionKey) == Version
            ? true
            : throw new CheckpointFormatException(
                path, null, $"it is of format '{format}' version '{metadata.GetValueOrDefault(VersionKey)}'; version '{Version}' is read.");
    }

    /// <summary>Copies weights into a network once it is known that they are its own: all names, no others, and the same shapes.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="subject">What the weights are in the file, for messages: "the file", or a part of it.</param>
    /// <param name="weights">The weights by the network's names.</param>
    /// <param name="network">The network, unchanged if the weights are refused.</param>
    public static void Copy(string path, string subject, IReadOnlyDictionary<string, Tensor> weights, nn.Module network)
    {
        Dictionary<string, Tensor> targets = network.state_dict();

        // PyTorch before 0.4.1 had no such counter, and needs none in evaluation.
        string[] missing = [.. targets.Keys.Except(weights.Keys).Where(name => !name.EndsWith(".num_batches_tracked", StringComparison.Ordinal))];
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
               select $"'{weight.Key}' of shape [{string.Join(", ", weight.Value.shape)}] where [{string.Join(", ", expected)}] is expected",
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
