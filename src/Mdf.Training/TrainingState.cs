using System.Globalization;
using Mdf.Checkpoints;
using Mdf.Guards;
using static TorchSharp.torch;

namespace Mdf.Training;

/// <summary>
/// Reads and writes the state that a training resumes from, a safetensors file. A file is replaced atomically, so it is always complete.
/// </summary>
internal static class TrainingState
{
    private const string FormatKey = "format";
    private const string IdentityPrefix = "identity.";

    /// <summary>Writes a state.</summary>
    /// <param name="path">Path of the state file.</param>
    /// <param name="format">Name and version of the kind of training.</param>
    /// <param name="identity">Named values that a run must share with the state to resume from it.</param>
    /// <param name="position">Named counters of the training's progress.</param>
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

    /// <summary>Reads a state and checks that its format is the expected one.</summary>
    /// <param name="path">Path of the state file.</param>
    /// <param name="format">Expected name and version of the kind of training.</param>
    /// <returns>The tensors; the metadata contain the position.</returns>
    public static StateDictionary Load(string path, string format)
    {
        StateDictionary saved = SafetensorsFile.Read(path);
        if (saved.Metadata.GetValueOrDefault(FormatKey) is var found && found != format)
        {
            saved.Dispose();
            throw new CheckpointFormatException(
                path, null, $"it is not a training state of this version: '{FormatKey}' is '{found}'; expected '{format}'.");
        }

        return saved;
    }

    /// <summary>Throws if a state belongs to another training.</summary>
    /// <param name="path">Path of the state file.</param>
    /// <param name="saved">The state.</param>
    /// <param name="identity">Expected identity.</param>
    /// <param name="younger">Key of the identity that older states may lack; not compared if the state lacks it.</param>
    public static void RequireIdentity(
        string path, StateDictionary saved, IReadOnlyDictionary<string, string> identity, string? younger = null)
    {
        foreach ((string key, string value) in identity)
        {
            string? other = Identity(saved, key);
            if (other != value && !(other is null && key == younger))
            {
                throw new TrainingStateException(path, key, other ?? "unknown", value, "Resume it with its own settings.");
            }
        }
    }

    /// <summary>Returns a value of a state's identity; null if the state lacks it.</summary>
    public static string? Identity(StateDictionary saved, string key) => saved.Metadata.GetValueOrDefault(IdentityPrefix + key);

    /// <summary>Reads a counter of the position, 0 to <paramref name="largest"/>.</summary>
    public static int Number(string path, StateDictionary saved, string key, int largest = int.MaxValue) =>
        int.TryParse(saved.Metadata.GetValueOrDefault(key), NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            && number <= largest
            ? number
            : throw new CheckpointFormatException(
                path, null, $"'{key}' is '{saved.Metadata.GetValueOrDefault(key)}'; expected 0 to {largest}.");

    /// <summary>Returns a description of the first tensor with NaN or infinite values; null if all tensors are finite.</summary>
    public static string? Trouble(IEnumerable<KeyValuePair<string, Tensor>> tensors) =>
        WeightGuard.FirstNotFinite(tensors) is { } name ? $"'{name}' is not finite" : null;

    /// <summary>Copies saved tensors into the target tensors of the same names.</summary>
    public static void Restore(string path, StateDictionary saved, IEnumerable<KeyValuePair<string, Tensor>> targets)
    {
        using var noGradient = no_grad();
        foreach ((string name, Tensor target) in targets)
        {
            if (!saved.TryGetValue(name, out Tensor? tensor) || !tensor.shape.SequenceEqual(target.shape))
            {
                string found = tensor is null ? "is missing" : $"has shape {ShapeText.Of(tensor)}";
                throw new CheckpointFormatException(
                    path, null, $"'{name}' {found}; expected shape {ShapeText.Of(target)}.");
            }

            target.copy_(tensor);
        }
    }
}
