using System.Globalization;
using Mdf.Checkpoints;
using static TorchSharp.torch;

namespace Mdf.Training;

/// <summary>What a training needs to go on after a stop, as a safetensors file that is complete or the one before.</summary>
internal static class TrainingState
{
    private const string FormatKey = "format";
    private const string IdentityPrefix = "identity.";

    /// <summary>Writes the state.</summary>
    /// <param name="path">The file.</param>
    /// <param name="format">Of which kind of training it is.</param>
    /// <param name="identity">What a run and the one that goes on from it have in common.</param>
    /// <param name="position">How far the training is, by name.</param>
    /// <param name="tensors">All weights, buffers and moments, by name.</param>
    public static void Save(
        string path,
        string format,
        IReadOnlyDictionary<string, string> identity,
        IReadOnlyDictionary<string, string> position,
        IEnumerable<KeyValuePair<string, Tensor>> tensors)
    {
        var metadata = new Dictionary<string, string>(position) { [FormatKey] = format };
        foreach ((string key, string value) in identity)
        {
            metadata.Add(IdentityPrefix + key, value);
        }

        SafetensorsFile.Write(path, tensors, metadata);
    }

    /// <summary>Reads a state, if it is of a run with this identity.</summary>
    /// <param name="path">The file.</param>
    /// <param name="format">Of which kind of training it must be.</param>
    /// <param name="identity">What it and the run must have in common.</param>
    /// <param name="younger">The part of the identity that older states lack; what they lack is not compared.</param>
    /// <returns>The tensors, with the position among the metadata.</returns>
    public static StateDictionary Load(string path, string format, IReadOnlyDictionary<string, string> identity, string? younger = null)
    {
        StateDictionary saved = SafetensorsFile.Read(path);
        try
        {
            if (saved.Metadata.GetValueOrDefault(FormatKey) != format)
            {
                throw new CheckpointFormatException(path, null, $"it is no state of a training of this version ('{FormatKey}' is '{saved.Metadata.GetValueOrDefault(FormatKey)}'; expected '{format}').");
            }

            foreach ((string key, string value) in identity)
            {
                string? other = saved.Metadata.GetValueOrDefault(IdentityPrefix + key);
                if (other != value && !(other is null && key == younger))
                {
                    throw new InvalidOperationException($"'{path}' is of another training: its {key} is {other ?? "unknown"}, not {value}. Name another state file, or delete this one to start afresh.");
                }
            }

            return saved;
        }
        catch
        {
            saved.Dispose();
            throw;
        }
    }

    /// <summary>A number of the position.</summary>
    public static int Number(string path, StateDictionary saved, string key, int largest) =>
        int.TryParse(saved.Metadata.GetValueOrDefault(key), NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number <= largest
            ? number
            : throw new CheckpointFormatException(path, null, $"'{key}' is '{saved.Metadata.GetValueOrDefault(key)}'; expected 0 to {largest}.");

    /// <summary>What is wrong with weights, buffers or moments, or null: the first that is not finite.</summary>
    public static string? Trouble(IEnumerable<KeyValuePair<string, Tensor>> tensors)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        return tensors.FirstOrDefault(t => t.Value.is_floating_point() && !t.Value.isfinite().all().item<bool>()).Key is { } bad ? $"'{bad}' is not finite" : null;
    }

    /// <summary>Copies saved tensors into those of the same names.</summary>
    public static void Restore(string path, StateDictionary saved, IEnumerable<KeyValuePair<string, Tensor>> targets)
    {
        using var noGradient = no_grad();
        foreach ((string name, Tensor target) in targets)
        {
            if (!saved.TryGetValue(name, out Tensor? tensor) || !tensor.shape.SequenceEqual(target.shape))
            {
                throw new CheckpointFormatException(path, null, $"it has no '{name}' of shape [{string.Join(", ", target.shape)}].");
            }

            target.copy_(tensor);
        }
    }
}
