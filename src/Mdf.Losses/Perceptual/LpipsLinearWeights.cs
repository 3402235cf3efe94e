using Mdf.Checkpoints;
using Mdf.Guards;
using Mdf.Models.Perceptual;
using static TorchSharp.torch;

namespace Mdf.Losses.Perceptual;

/// <summary>
/// The learned weights of LPIPS's linear layers, one number for each channel of each compared layer. The published weights of version 0.1
/// are part of this library (see THIRD-PARTY-NOTICES.txt).
/// </summary>
/// <param name="Layers">The names of the compared layers.</param>
/// <param name="Channels">The channel weights of each layer.</param>
internal sealed record LpipsLinearWeights(IReadOnlyList<string> Layers, IReadOnlyList<float[]> Channels)
{
    private static readonly string[] AlexLayers = ["relu1", "relu2", "relu3", "relu4", "relu5"];
    private static readonly string[] VggLayers = ["relu1_2", "relu2_2", "relu3_3", "relu4_3", "relu5_3"];
    private static readonly string[] SqueezeLayers = ["relu1", "fire3", "fire5", "fire6", "fire7", "fire8", "fire9"];

    /// <summary>Returns the names of the layers that LPIPS compares.</summary>
    public static IReadOnlyList<string> LayersOf(LpipsNetwork network) => network switch
    {
        LpipsNetwork.Alex => AlexLayers,
        LpipsNetwork.Vgg => VggLayers,
        _ => SqueezeLayers,
    };

    /// <summary>Reads the weights from a file, or the published weights if <paramref name="path"/> is null.</summary>
    public static LpipsLinearWeights Read(LpipsNetwork network, string? path)
    {
        if (path is not null)
        {
            using StateDictionary file = StateDictionaryReader.Read(path);
            return From(network, file, path);
        }

        string name = $"lpips/{network.ToString().ToLowerInvariant()}.pth";
        using Stream resource = typeof(LpipsLinearWeights).Assembly.GetManifestResourceStream(name)!;
        using StateDictionary published = StateDictionaryReader.Read(resource, name);
        return From(network, published, name);
    }

    /// <summary>Throws an exception if the network lacks one of the compared layers.</summary>
    public void RequireFits(FeatureNetwork network, string argument)
    {
        string[] missing = [.. Layers.Except(network.Layers)];
        if (missing.Length > 0)
        {
            throw new ArgumentException(
                $"The network ends at {network.Layers[^1]} and lacks {string.Join(", ", missing)}; "
                + $"LPIPS compares {string.Join(", ", Layers)}.",
                argument);
        }
    }

    private static LpipsLinearWeights From(LpipsNetwork network, StateDictionary file, string path)
    {
        IReadOnlyList<string> layers = LayersOf(network);
        return new LpipsLinearWeights(layers, [.. layers.Select((_, k) => Layer(network, file, path, k))]);
    }

    private static float[] Layer(LpipsNetwork network, StateDictionary file, string path, int layer)
    {
        string name = $"lin{layer}.model.1.weight";
        long channels = ChannelsOf(network)[layer];
        if (!file.TryGetValue(name, out Tensor? weight) || !weight.shape.SequenceEqual([1, channels, 1, 1]))
        {
            string found = weight is null ? "lacks this entry" : $"has it of shape {ShapeText.Of(weight)}";
            throw new CheckpointFormatException(
                path, null, $"LPIPS with {network} needs '{name}' of shape (1, {channels}, 1, 1); the file {found}.");
        }

        using var scope = NewDisposeScope();
        float[] values = weight.to(ScalarType.Float32).flatten().data<float>().ToArray();
        return values.All(float.IsFinite)
            ? values
            : throw new CheckpointFormatException(path, null, $"'{name}' holds NaN or infinite values; expected finite ones.");
    }

    private static int[] ChannelsOf(LpipsNetwork network) => network switch
    {
        LpipsNetwork.Alex => [64, 192, 384, 256, 256],
        LpipsNetwork.Vgg => [64, 128, 256, 512, 512],
        _ => [64, 128, 256, 384, 384, 512, 512],
    };
}
