using System.Globalization;
using Mdf.Checkpoints;
using static TorchSharp.torch;

namespace Mdf.Training;

/// <summary>What a training needs to go on after a stop, as a safetensors file that is complete or the one before.</summary>
internal static class TrainingState
{
    private const string FormatKey = "format";
    private const string Format = "mdf-discriminator-training 1";
    private const string FinishedKey = "finished";
    private const string IterationKey = "iteration";
    private const string IdentityPrefix = "identity.";

    /// <summary>Writes the state.</summary>
    /// <param name="path">The file.</param>
    /// <param name="identity">What a run and the one that goes on from it have in common.</param>
    /// <param name="finished">The number of finished scales.</param>
    /// <param name="iteration">The iterations done at the next one.</param>
    /// <param name="tensors">All weights, buffers and moments, by name.</param>
    public static void Save(
        string path, IReadOnlyDictionary<string, string> identity, int finished, int iteration, IEnumerable<KeyValuePair<string, Tensor>> tensors)
    {
        var metadata = new Dictionary<string, string>
        {
            [FormatKey] = Format,
            [FinishedKey] = finished.ToString(CultureInfo.InvariantCulture),
            [IterationKey] = iteration.ToString(CultureInfo.InvariantCulture),
        };
        foreach ((string key, string value) in identity)
        {
            metadata.Add(IdentityPrefix + key, value);
        }

        SafetensorsFile.Write(path, tensors, metadata);
    }

    /// <summary>Reads a state, if it is of a run with this identity.</summary>
    /// <returns>The tensors, the number of finished scales, and the iterations done at the next one.</returns>
    public static (StateDictionary Tensors, int Finished, int Iteration) Load(string path, IReadOnlyDictionary<string, string> identity, DiscriminatorTrainingOptions options, int scaleCount)
    {
        StateDictionary saved = SafetensorsFile.Read(path);
        try
        {
            if (saved.Metadata.GetValueOrDefault(FormatKey) != Format)
            {
                throw new CheckpointFormatException(path, null, $"it is no state of a training of this version ('{FormatKey}' is '{saved.Metadata.GetValueOrDefault(FormatKey)}'; expected '{Format}').");
            }

            foreach ((string key, string value) in identity)
            {
                if (saved.Metadata.GetValueOrDefault(IdentityPrefix + key) is var other && other != value)
                {
                    throw new InvalidOperationException($"'{path}' is of another training: its {key} is {other ?? "unknown"}, not {value}. Name another state file, or delete this one to start afresh.");
                }
            }

            return (saved, Number(saved, FinishedKey, scaleCount), Number(saved, IterationKey, options.Iterations));
        }
        catch
        {
            saved.Dispose();
            throw;
        }

        int Number(StateDictionary state, string key, int largest) =>
            int.TryParse(state.Metadata.GetValueOrDefault(key), NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number <= largest
                ? number
                : throw new CheckpointFormatException(path, null, $"'{key}' is '{state.Metadata.GetValueOrDefault(key)}'; expected 0 to {largest}.");
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
