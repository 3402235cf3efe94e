using Mdf.Checkpoints;
using Mdf.Guards;
using Mdf.Models.Layered;
using Mdf.TorchCompatibility;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Mdf.Models.Perceptual;

/// <summary>
/// Base class of feature extractors: the convolutional part of a network that was trained for object recognition, up to the deepest layer
/// needed. Parameters have torchvision's names (<c>features.0.weight</c>), so the file of a whole classifier can be loaded. A new network
/// has random weights; call <see cref="LoadWeights"/> to load trained ones.
/// </summary>
public abstract class FeatureNetwork : Module<Tensor, Tensor>
{
    private readonly Sequential features;
    private readonly FeatureStep[] steps;
    private readonly Module<Tensor, Tensor>[] operations;
    private bool isDisposed;

    private protected FeatureNetwork(string name, IReadOnlyList<FeatureStep> all, IReadOnlyList<string> neededLayers)
        : base(name)
    {
        ArgumentNullException.ThrowIfNull(neededLayers);
        int last = neededLayers.Select(layer => IndexOf(all, layer, nameof(neededLayers))).DefaultIfEmpty(all.Count - 1).Max();
        using var scope = NewDisposeScope();
        steps = [.. all.Take(last + 1)];
        operations = [.. steps.Select(s => s.Create())];
        features = Sequential([.. operations.Select((m, i) => ($"{i}", m))]);
        Layers = NamesOf(steps);
        MinimumSide = Enumerable.Range(1, 256).First(side => steps.Aggregate((long)side, (s, step) => s < 1 ? 0 : step.Side(s)) >= 1);
        RegisterComponents();
    }

    /// <summary>Names of the network's layers, from shallow to deep: activations, pooling layers and fire modules.</summary>
    public IReadOnlyList<string> Layers { get; }

    /// <summary>Smallest side of an image, in pixels, for which every layer has an output.</summary>
    public int MinimumSide { get; }

    /// <summary>
    /// Approximate number of values per pixel of a large image that the layers compute and that the autograd graph keeps.
    /// </summary>
    public double ValuesPerPixel
    {
        get
        {
            const double Large = 4096;
            double side = Large;
            return steps.Sum(step => step.Values * Math.Pow((side = step.Side((long)side)) / Large, 2));
        }
    }

    /// <summary>Computes the output of the deepest layer.</summary>
    /// <param name="input">
    /// RGB images, (N, 3, H, W), with sides of at least <see cref="MinimumSide"/>, normalised as in the training of the network
    /// (torchvision: subtract ImageNet's mean and divide by its standard deviation).
    /// </param>
    /// <returns>Feature map, (N, C, h, w).</returns>
    public override Tensor forward(Tensor input) => Features(input, Layers[^1])[0];

    /// <summary>Computes the outputs of some layers. Layers deeper than the deepest of these are not computed.</summary>
    /// <param name="input">RGB images, (N, 3, H, W), normalised as for <see cref="forward"/>.</param>
    /// <param name="layers">Names of layers, from <see cref="Layers"/>.</param>
    /// <returns>One feature map for each name, in the order of the names.</returns>
    /// <exception cref="ArgumentException">A name is not a layer of the network.</exception>
    /// <exception cref="ObjectDisposedException">The network was disposed.</exception>
    public Tensor[] Features(Tensor input, params IReadOnlyList<string> layers)
    {
        ObjectDisposedException.ThrowIf(isDisposed, this);
        ArgumentNullException.ThrowIfNull(layers);
        int[] wanted = [.. layers.Select(layer => IndexOf(steps, layer, nameof(layers)))];
        using var scope = NewDisposeScope();
        var outputs = new Dictionary<int, Tensor>();
        Tensor x = input;
        for (int i = 0; i <= wanted.DefaultIfEmpty(-1).Max(); i++)
        {
            Tensor output = operations[i].call(x);
            if (i > 0 && !outputs.ContainsKey(i - 1))
            {
                x.Dispose();
            }

            if (wanted.Contains(i))
            {
                outputs.Add(i, output);
            }

            x = output;
        }

        scope.MoveToOuter(outputs.Values);
        return [.. wanted.Select(i => outputs[i])];
    }

    /// <summary>
    /// Loads weights from a PyTorch checkpoint (<c>.pth</c>) of the whole classifier or of its convolutional part, or from a safetensors
    /// file with the same names. Other content of the file is ignored.
    /// </summary>
    /// <param name="path">Path of the file, whose format is detected by content.</param>
    /// <exception cref="FileNotFoundException">The file does not exist.</exception>
    /// <exception cref="DirectoryNotFoundException">The file's folder does not exist.</exception>
    /// <exception cref="CheckpointFormatException">
    /// The file is damaged, or weights are missing or have another shape; the message names them.
    /// </exception>
    public void LoadWeights(string path)
    {
        using StateDictionary weights = StateDictionaryReader.Read(path);
        Dictionary<string, Tensor> expected = state_dict();
        string[] missing = [.. expected.Keys.Where(name => !weights.ContainsKey(name))];
        if (missing.Length > 0)
        {
            throw new CheckpointFormatException(
                path, null, $"it holds no {GetType().Name} weights: it lacks [{string.Join(", ", missing)}].");
        }

        foreach ((string name, Tensor target) in expected)
        {
            if (!weights[name].shape.SequenceEqual(target.shape))
            {
                throw new CheckpointFormatException(
                    path,
                    null,
                    $"it holds no {GetType().Name} weights: '{name}' has shape {ShapeText.Of(weights[name])}; "
                    + $"{ShapeText.Of(target)} is expected.");
            }
        }

        CopyFrom(weights);
    }

    /// <summary>Copies the network to another type and device. The copy is in evaluation mode, and its parameters are frozen.</summary>
    /// <param name="type">Floating-point type of the copy's weights.</param>
    /// <param name="device">Device of the copy.</param>
    /// <returns>The copy. The caller disposes it.</returns>
    public FeatureNetwork CopyFrozen(ScalarType type, Device device)
    {
        using var scope = NewDisposeScope();
        using var mode = InferenceMode.Leave();
        FeatureNetwork copy = CreateAlike();
        copy.CopyFrom(state_dict());
        foreach (Parameter parameter in copy.parameters())
        {
            parameter.requires_grad = false;
        }

        copy.to(device, type);
        copy.eval();
        return copy;
    }

    /// <summary>Describes the network for the forms that do not run on libtorch.</summary>
    /// <exception cref="NotSupportedException">A layer has no description.</exception>
    internal LayerGraph Describe()
    {
        var layers = new LayerGraphBuilder();
        int value = 0;
        foreach (Module<Tensor, Tensor> operation in operations)
        {
            value = layers.Apply(operation, value);
        }

        return layers.Build();
    }

    /// <summary>Returns the number of a layer's result in the network's description.</summary>
    internal int ValueOf(string layer) => IndexOf(steps, layer, nameof(layer)) + 1;

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        isDisposed = true;
        base.Dispose(disposing);
    }

    private protected static IReadOnlyList<string> NamesOf(IEnumerable<FeatureStep> steps)
        => [.. steps.Select(s => s.Layer).OfType<string>()];

    /// <summary>Creates a network of the same class and depth, with any weights.</summary>
    private protected abstract FeatureNetwork CreateAlike();

    private static int IndexOf(IReadOnlyList<FeatureStep> steps, string layer, string argument)
    {
        int index = steps.Index().Where(s => s.Item.Layer == layer).Select(s => s.Index).DefaultIfEmpty(-1).First();
        return layer is not null && index >= 0
            ? index
            : throw new ArgumentException($"There is no layer '{layer}'; expected one of {string.Join(", ", NamesOf(steps))}.", argument);
    }

    private void CopyFrom(IReadOnlyDictionary<string, Tensor> weights)
    {
        using var mode = InferenceMode.Leave();
        using var noGradient = no_grad();
        foreach ((string name, Tensor target) in state_dict())
        {
            target.copy_(weights[name]);
        }
    }
}
