using Mdf.Checkpoints;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Mdf.Models.Perceptual;

/// <summary>
/// The convolutional part of a network that was trained to recognise objects, as far as it is needed, with torchvision's
/// names of parameters (<c>features.0.weight</c>), so that the file of a whole classifier loads. It is made with random weights: give it
/// some by <see cref="LoadWeights"/>.
/// </summary>
public abstract class FeatureNetwork : Module<Tensor, Tensor>
{
    private readonly Sequential features;
    private readonly FeatureStep[] steps;
    private readonly Module<Tensor, Tensor>[] operations;

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

    /// <summary>The names of the layers it has, from the images on: activations, pools and modules of convolutions.</summary>
    public IReadOnlyList<string> Layers { get; }

    /// <summary>The smallest side an image may have, in pixels, for every layer to have an output.</summary>
    public int MinimumSide { get; }

    /// <summary>About how many values its layers make of each pixel of a large image: what a graph keeps.</summary>
    public double ValuesPerPixel
    {
        get
        {
            const double Large = 4096;
            double side = Large;
            return steps.Sum(step => step.Values * Math.Pow((side = step.Side((long)side)) / Large, 2));
        }
    }

    /// <summary>The output of the deepest layer.</summary>
    /// <param name="input">
    /// Images, (N, 3, H, W), RGB, in the range the network was trained on (torchvision: less the mean of ImageNet, by its standard deviation),
    /// sides at least <see cref="MinimumSide"/>.
    /// </param>
    /// <returns>(N, C, h, w).</returns>
    public override Tensor forward(Tensor input) => Features(input, Layers[^1])[0];

    /// <summary>The outputs of some layers; those deeper than the deepest of them are not computed.</summary>
    /// <param name="input">Images, as in <see cref="forward"/>.</param>
    /// <param name="layers">Names of <see cref="Layers"/>.</param>
    /// <returns>One map for each name, in the order of the names.</returns>
    /// <exception cref="ArgumentException">There is no layer of a name.</exception>
    public Tensor[] Features(Tensor input, params IReadOnlyList<string> layers)
    {
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
    /// Takes the weights of a file: a PyTorch checkpoint (<c>.pth</c>) of the whole classifier or of this part of it, or safetensors with
    /// the same names. What else the file holds is ignored.
    /// </summary>
    /// <param name="path">The file, told apart by content.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="CheckpointFormatException">The file is damaged, or lacks weights or has them of other shapes; they are named.</exception>
    public void LoadWeights(string path)
    {
        using StateDictionary weights = StateDictionaryReader.Read(path);
        Dictionary<string, Tensor> expected = state_dict();
        string[] missing = [.. expected.Keys.Where(name => !weights.ContainsKey(name))];
        if (missing.Length > 0)
        {
            throw new CheckpointFormatException(path, null, $"it is no {GetType().Name}: it lacks [{string.Join(", ", missing)}].");
        }

        foreach ((string name, Tensor target) in expected)
        {
            if (!weights[name].shape.SequenceEqual(target.shape))
            {
                throw new CheckpointFormatException(
                    path,
                    null,
                    $"it is no {GetType().Name}: '{name}' has shape [{string.Join(", ", weights[name].shape)}]; [{string.Join(", ", target.shape)}] is expected.");
            }
        }

        CopyFrom(weights);
    }

    /// <summary>A copy of another type or on another device, in evaluation mode, which learns nothing.</summary>
    /// <param name="type">The type of its weights, a floating point one.</param>
    /// <param name="device">Where it is to be.</param>
    /// <returns>The copy, which the caller disposes.</returns>
    public FeatureNetwork CopyFrozen(ScalarType type, Device device)
    {
        using var scope = NewDisposeScope();
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

    private protected static IReadOnlyList<string> NamesOf(IEnumerable<FeatureStep> steps) => [.. steps.Select(s => s.Layer).OfType<string>()];

    /// <summary>One of the same class and depth, with any weights.</summary>
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
        using var noGradient = no_grad();
        foreach ((string name, Tensor target) in state_dict())
        {
            target.copy_(weights[name]);
        }
    }
}
