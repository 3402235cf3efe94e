using System.Text.Json;
using System.Text.Json.Serialization;
using Mdf.Checkpoints;
using Mdf.Guards;
using Mdf.Models.Layered;
using Mdf.Models.Simd;
using Mdf.TorchCompatibility;
using static TorchSharp.torch;

namespace Mdf.Models.Restoration;

/// <summary>
/// Base class of networks that restore images in [0, 1]. For super-resolution the restored images are larger by <see cref="Scale"/>.
/// Results are not clipped. The networks of <see cref="ModelZoo"/> have parameters with the names of the published checkpoints;
/// <see cref="CustomNetwork"/> wraps any other module.
/// </summary>
public abstract class RestorationNetwork : nn.Module<Tensor, Tensor>
{
    /// <summary>Value of <see cref="NetworkWeights.FormatKey"/> in the metadata of saved networks.</summary>
    internal const string Format = "mdf-restoration";

    /// <summary>Key of the architecture in the metadata of saved networks.</summary>
    internal const string OptionsKey = "network";

    private static readonly JsonSerializerOptions Json = new()
    {
        IgnoreReadOnlyProperties = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    private readonly StreamedForm streamed;
    private bool isDisposed;

    private protected RestorationNetwork(string name, RestorationOptions options, int channels, int scale, double? reach)
        : base(name)
    {
        streamed = new StreamedForm(this);
        Options = options;
        Channels = channels;
        Scale = scale;
        ReceptiveRadius = reach is { } radius ? (int)Math.Ceiling(radius) : null;
    }

    /// <summary>Architecture of the network.</summary>
    public RestorationOptions Options { get; }

    /// <summary>Number of image channels, such as 3 for RGB or 1 for grey.</summary>
    public int Channels { get; }

    /// <summary>Factor by which height and width are enlarged; 1 if the network keeps the size, as for denoising.</summary>
    public int Scale { get; }

    /// <summary>
    /// Radius of the receptive field in pixels of the input: no pixel of the result depends on input pixels that are more than this number
    /// of rows or columns away. Null if a pixel can depend on the whole image, as with global pooling or attention.
    /// </summary>
    public int? ReceptiveRadius { get; }

    /// <summary>Metadata of the file that the weights were loaded from; empty if no weights were loaded.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; private set; } = new Dictionary<string, string>();

    /// <summary>
    /// Classes and functions that the file of the weights names beside them (<see cref="StateDictionary.Ignored"/>). They were left out.
    /// Empty if no weights were loaded.
    /// </summary>
    public IReadOnlyList<string> Ignored { get; private set; } = [];

    /// <summary>Height and width that images are padded to at least.</summary>
    internal virtual int MinimumSide => 1;

    /// <summary>Height and width are padded to a multiple of this number.</summary>
    internal virtual int SideMultiple => 1;

    /// <summary>Module whose weights are saved and loaded, by its names.</summary>
    internal virtual nn.Module Weights => this;

    /// <summary>Restores images. Gradients flow to the images.</summary>
    /// <remarks>
    /// In evaluation mode and without gradients (<c>no_grad</c>), float32 images on a CPU with AVX2 or AVX-512 are computed by this
    /// library's own convolutions, several times faster than by libtorch. Weights that change are noticed. The runtime switch
    /// <c>Mdf.RestoreByLibtorch</c> (<see cref="AppContext.SetSwitch"/>) turns this off.
    /// </remarks>
    /// <param name="input">
    /// Images, (N, <see cref="Channels"/>, H, W), with values in [0, 1], of the network's type and on its device.
    /// </param>
    /// <returns>Restored images, (N, <see cref="Channels"/>, H * <see cref="Scale"/>, W * <see cref="Scale"/>), not clipped.</returns>
    /// <exception cref="ArgumentException">The images have another shape.</exception>
    /// <exception cref="ObjectDisposedException">The network or the tensor was disposed.</exception>
    /// <exception cref="InvalidOperationException">
    /// The module of a <see cref="CustomNetwork"/> gave images of another shape than its options say.
    /// </exception>
    public sealed override Tensor forward(Tensor input)
    {
        ObjectDisposedException.ThrowIf(isDisposed, this);
        ImageGuard.Shape(input, Channels, nameof(input));
        using var scope = NewDisposeScope();
        Tensor restored = streamed.For(input) is { } form ? form.Run(input) : Restore(input.ForTraining());
        RequireShape(restored, input);
        return restored.MoveToOuterDisposeScope();
    }

    /// <summary>Saves the network as safetensors, with its architecture in the metadata. The file is replaced atomically.</summary>
    /// <param name="path">Path of the file, usually with the extension <c>.ckpt</c>; an existing file is replaced.</param>
    /// <param name="metadata">
    /// Entries to save with the network, such as the loss and data it was trained with; null for <see cref="Metadata"/>.
    /// </param>
    /// <exception cref="IOException">The file cannot be written, for instance because its folder does not exist.</exception>
    /// <exception cref="UnauthorizedAccessException">The process has no permission to write the file, or the path is a folder.</exception>
    public void Save(string path, IReadOnlyDictionary<string, string>? metadata = null)
    {
        var all = new Dictionary<string, string>(metadata ?? Metadata) { [OptionsKey] = OptionsText() };
        NetworkWeights.Save(path, Weights, Format, all);
    }

    /// <summary>
    /// Loads the weights of a checkpoint: one of this library, or a published PyTorch or safetensors file.
    /// <see cref="ModelZoo.Load(string)"/> also creates the network, for files of this library.
    /// </summary>
    /// <param name="path">Path of the file.</param>
    /// <param name="key">
    /// Key of the weights in the outermost dictionary of a PyTorch checkpoint, such as <c>params_ema</c>; null to find them
    /// (<see cref="CheckpointReadOptions.Key"/>).
    /// </param>
    /// <exception cref="FileNotFoundException">The file does not exist.</exception>
    /// <exception cref="DirectoryNotFoundException">The file's folder does not exist.</exception>
    /// <exception cref="UnauthorizedAccessException">The process has no permission to read the file, or the path is a folder.</exception>
    /// <exception cref="CheckpointFormatException">
    /// The file is damaged or belongs to another network. The message lists missing weights, unexpected weights or weights of another
    /// shape. The network is unchanged.
    /// </exception>
    public void LoadWeights(string path, string? key = null)
    {
        using StateDictionary weights = StateDictionaryReader.Read(path, new CheckpointReadOptions { Key = key });
        if (ReadOptions(path, weights) is { } options && options != Options)
        {
            throw new CheckpointFormatException(path, null, $"it belongs to another network, {options}; {Options} is expected.");
        }

        TakeWeights(path, weights);
    }

    /// <summary>Loads the network of a file written by <see cref="Save"/>.</summary>
    internal static RestorationNetwork Load(string path)
    {
        using StateDictionary weights = StateDictionaryReader.Read(path);
        return Load(path, weights);
    }

    /// <summary>Makes the network that weights name, and gives it the weights.</summary>
    /// <param name="path">Name of the weights' file, for messages.</param>
    /// <param name="weights">Weights and metadata, as <see cref="Save"/> writes them.</param>
    internal static RestorationNetwork Load(string path, StateDictionary weights)
    {
        RestorationOptions options = ReadOptions(path, weights) ?? throw new CheckpointFormatException(
            path, null, $"it does not say which network it belongs to; create that network and call {nameof(LoadWeights)}.");
        if (options is CustomNetworkOptions custom)
        {
            throw new CheckpointFormatException(
                path,
                null,
                $"it belongs to '{custom.Name}', which is not a network of this library; create it, make a {nameof(CustomNetwork)} of it "
                + $"and call {nameof(LoadWeights)}.");
        }

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

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            streamed.Dispose();
        }

        isDisposed = true;
        base.Dispose(disposing);
    }

    /// <summary>Restores images from top to bottom without libtorch if they and the network fit.</summary>
    /// <param name="images">Images, (N, <see cref="Channels"/>, H, W).</param>
    /// <param name="progress">Receives the fraction that is done, in (0, 1]; null for none.</param>
    /// <param name="cancellation">Cancels the restoration between two bands of rows.</param>
    /// <returns>The restored images in the caller's dispose scope; null if they or the network need libtorch.</returns>
    internal Tensor? TryStream(Tensor images, IProgress<double>? progress, CancellationToken cancellation)
    {
        if (streamed.For(images)?.Run(images, progress, cancellation) is not { } restored)
        {
            return null;
        }

        RequireShape(restored, images);
        return restored;
    }

    /// <summary>Returns the architecture as JSON, as in the metadata of saved networks.</summary>
    internal string OptionsText() => JsonSerializer.Serialize(Options, Json);

    /// <summary>Describes the network in evaluation mode as a list of steps that hold its current weights.</summary>
    /// <exception cref="NotSupportedException">A layer has no description; the message names it.</exception>
    internal LayerGraph Describe()
    {
        var layers = new LayerGraphBuilder();
        Describe(layers, images: 0);
        return layers.Build();
    }

    /// <summary>Appends the steps that <see cref="Restore"/> takes.</summary>
    /// <param name="layers">Receives the steps; the last one gives the restored images.</param>
    /// <param name="images">Number of the value that holds the images.</param>
    private protected abstract void Describe(LayerGraphBuilder layers, int images);

    /// <summary>Restores validated images. Tensors that are not disposed belong to the caller's dispose scope.</summary>
    private protected abstract Tensor Restore(Tensor images);

    /// <summary>Maps the names of published weights to this network's names. New tensors belong to the caller's dispose scope.</summary>
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
            throw new CheckpointFormatException(
                path, null, $"'{OptionsKey}' in its metadata is not a network of this library: {e.Message}", e);
        }
    }

    private void RequireShape(Tensor restored, Tensor images)
    {
        long[] expected = [images.shape[0], Channels, images.shape[2] * Scale, images.shape[3] * Scale];
        if (!restored.shape.SequenceEqual(expected))
        {
            throw new InvalidOperationException(
                $"{GetName()} gave images of shape {ShapeText.Of(restored)} for images of shape {ShapeText.Of(images)}; expected "
                + $"{ShapeText.Of(expected)}, for {Channels} channels and a scale of {Scale}.");
        }
    }

    private void TakeWeights(string path, StateDictionary weights)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        NetworkWeights.Copy(path, "the file", NetworkWeights.Fitting(weights, Translate, Weights), Weights, weights);
        Metadata = weights.Metadata;
        Ignored = weights.Ignored;
    }
}
