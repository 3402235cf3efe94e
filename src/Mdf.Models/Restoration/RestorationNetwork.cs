using System.Text.Json;
using System.Text.Json.Serialization;
using Mdf.Checkpoints;
using Mdf.TorchCompatibility;
using static TorchSharp.torch;

namespace Mdf.Models.Restoration;

/// <summary>
/// A network that restores images: RGB or grey in [0, 1] go in, restored images go out, larger by <see cref="Scale"/> for
/// super-resolution. Values are not clipped. Parameters have the names of the public checkpoints.
/// </summary>
public abstract class RestorationNetwork : nn.Module<Tensor, Tensor>
{
    /// <summary>The value of <see cref="NetworkWeights.FormatKey"/> in the metadata of our checkpoints.</summary>
    internal const string Format = "mdf-restoration";

    private const string OptionsKey = "network";

    private static readonly JsonSerializerOptions Json = new()
    {
        IgnoreReadOnlyProperties = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    private protected RestorationNetwork(string name, RestorationOptions options, int channels, int scale, double reach)
        : base(name)
    {
        Options = options;
        Channels = channels;
        Scale = scale;
        ReceptiveRadius = (int)Math.Ceiling(reach);
    }

    /// <summary>The settings it was made with.</summary>
    public RestorationOptions Options { get; }

    /// <summary>The channels of images: 3 (RGB), or as the network's options say.</summary>
    public int Channels { get; }

    /// <summary>How many times larger each way the result is: 1 for denoising and the like.</summary>
    public int Scale { get; }

    /// <summary>
    /// How far the network looks: no pixel of the result depends on pixels of the input that are more than this many rows or columns
    /// away from its place.
    /// </summary>
    public int ReceptiveRadius { get; }

    /// <summary>What the file it was loaded from says about it; empty for others.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; private set; } = new Dictionary<string, string>();

    /// <summary>Restores images. Gradients flow.</summary>
    /// <param name="input">(N, <see cref="Channels"/>, H, W), values in [0, 1], of the type and on the device of the network.</param>
    /// <returns>(N, <see cref="Channels"/>, H times <see cref="Scale"/>, W times <see cref="Scale"/>).</returns>
    /// <exception cref="ArgumentException">The shape is another one.</exception>
    public sealed override Tensor forward(Tensor input)
    {
        ImageArguments.CheckShape(input, Channels, nameof(input));
        using var scope = NewDisposeScope();
        return Restore(input.ForTraining()).MoveToOuterDisposeScope();
    }

    /// <summary>Saves the network as safetensors, its settings in the metadata; the file is complete or not there at all.</summary>
    /// <param name="path">The file, by custom with the extension <c>.ckpt</c>; one that is there is replaced.</param>
    /// <param name="metadata">
    /// What to say about it (the loss and data it was trained with, for instance); null for what it was loaded with.
    /// </param>
    /// <exception cref="IOException">The file cannot be written; its folder does not exist, for instance.</exception>
    /// <exception cref="UnauthorizedAccessException">The file must not be written, or the path is a folder.</exception>
    public void Save(string path, IReadOnlyDictionary<string, string>? metadata = null)
    {
        var all = new Dictionary<string, string>(metadata ?? Metadata) { [OptionsKey] = JsonSerializer.Serialize(Options, Json) };
        NetworkWeights.Save(path, this, Format, all);
    }

    /// <summary>
    /// Takes the weights of a checkpoint, ours or a public one of PyTorch or safetensors; <see cref="ModelZoo.Load"/> makes the network
    /// too, from a file of ours.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="UnauthorizedAccessException">The file must not be read, or the path is a folder.</exception>
    /// <exception cref="CheckpointFormatException">
    /// The file is damaged or of another network: the message names the missing and the unexpected weights, or those of another shape.
    /// The network is as before.
    /// </exception>
    public void LoadWeights(string path)
    {
        using StateDictionary weights = StateDictionaryReader.Read(path);
        if (ReadOptions(path, weights) is { } options && options != Options)
        {
            throw new CheckpointFormatException(path, null, $"it is of another network, {options}; {Options} is expected.");
        }

        TakeWeights(path, weights);
    }

    /// <summary>The network of a file that <see cref="Save"/> wrote.</summary>
    internal static RestorationNetwork Load(string path)
    {
        using StateDictionary weights = StateDictionaryReader.Read(path);
        RestorationOptions options = ReadOptions(path, weights) ?? throw new CheckpointFormatException(
            path, null, $"it does not say of which network it is; create that network and call {nameof(LoadWeights)}.");
        if (options.ParameterCount > weights.Values.Sum(weight => weight.numel()))
        {
            throw new CheckpointFormatException(path, null, $"it lacks weights of its network, {options}.");
        }

        RestorationNetwork network = options.Create();
        try
        {
            network.TakeWeights(path, weights);
            network.eval();
            return network;
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    /// <summary>The network itself, on checked images, in a scope that takes what is left undisposed.</summary>
    private protected abstract Tensor Restore(Tensor images);

    /// <summary>Public weights by this network's names; what it makes goes into the caller's scope.</summary>
    private protected virtual IReadOnlyDictionary<string, Tensor> Translate(IReadOnlyDictionary<string, Tensor> weights) => weights;

    private static RestorationOptions? ReadOptions(string path, StateDictionary weights)
    {
        if (!NetworkWeights.CheckFormat(path, weights.Metadata, Format))
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize<RestorationOptions>(weights.Metadata.GetValueOrDefault(OptionsKey, "null"), Json)
                ?? throw new CheckpointFormatException(path, null, $"its metadata has no '{OptionsKey}'.");
        }
        catch (Exception e) when (e is JsonException or ArgumentException or NotSupportedException)
        {
            throw new CheckpointFormatException(path, null, $"'{OptionsKey}' in its metadata is no network of this library: {e.Message}", e);
        }
    }

    private void TakeWeights(string path, StateDictionary weights)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        NetworkWeights.Copy(path, "the file", Translate(weights), this);
        Metadata = weights.Metadata;
    }
}
