using System.Globalization;
using Mdf.Checkpoints;
using Mdf.Losses;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Quickstart;

/// <summary>Optimises an image's pixels with Adam, starting from noise.</summary>
internal sealed class PixelOptimization : IDisposable
{
    private const double LearningRate = 0.1;

    private readonly MdfLoss loss;
    private readonly PreparedReference reference;
    private readonly Parameter pixels;
    private readonly Adam adam;

    public PixelOptimization(MdfLoss loss, Tensor reference, int seed)
    {
        this.loss = loss;
        this.reference = loss.Prepare(reference);
        using var generator = new Generator((ulong)seed, CPU);
        pixels = new Parameter(rand(reference.shape, generator: generator).to(reference.device));
        adam = optim.Adam([pixels], LearningRate);
    }

    /// <summary>Number of steps done.</summary>
    public int Step { get; private set; }

    /// <summary>The current image; shares its memory with the optimised pixels.</summary>
    public Tensor Image => pixels.detach();

    private Adam.State Moments => (Adam.State)adam.state_dict().State[0];

    /// <summary>Performs one step and returns the loss before the step.</summary>
    public double Advance()
    {
        using var scope = NewDisposeScope();
        adam.zero_grad();
        Tensor value = loss.call(pixels, reference);
        value.backward();
        adam.step();
        Step++;
        return value.item<float>();
    }

    /// <summary>Saves the state to resume from: the pixels and Adam's moments.</summary>
    public void Save(string path, string identity) => SafetensorsFile.Write(
        path,
        Tensors(),
        new Dictionary<string, string> { ["step"] = Step.ToString(CultureInfo.InvariantCulture), ["identity"] = identity });

    /// <summary>Restores a state that <see cref="Save"/> wrote; throws an exception if its settings differ.</summary>
    public void Restore(string path, string identity)
    {
        if (!File.Exists(path))
        {
            throw new InvalidOperationException($"There is no run to resume: {path} does not exist. Start one without --resume.");
        }

        using StateDictionary saved = SafetensorsFile.Read(path);
        if (saved.Metadata.GetValueOrDefault("identity") != identity)
        {
            throw new InvalidOperationException(
                $"{path} is the state of another run ({saved.Metadata.GetValueOrDefault("identity")}); expected {identity}. "
                + "Start afresh without --resume, or use another folder.");
        }

        if (!int.TryParse(saved.Metadata.GetValueOrDefault("step"), NumberStyles.None, CultureInfo.InvariantCulture, out int step))
        {
            throw new InvalidOperationException($"{path} does not hold the number of steps done. Start afresh without --resume.");
        }

        using var noGradient = no_grad();
        foreach ((string name, Tensor target) in Tensors())
        {
            if (!saved.TryGetValue(name, out Tensor? tensor) || !tensor.shape.SequenceEqual(target.shape))
            {
                throw new InvalidOperationException(
                    $"{path} has no '{name}' of shape [{string.Join(", ", target.shape)}]. Start afresh without --resume.");
            }

            target.copy_(tensor);
        }

        Step = step;
        Moments.step = Step;
    }

    public void Dispose()
    {
        adam.Dispose();
        pixels.Dispose();
        reference.Dispose();
    }

    private Dictionary<string, Tensor> Tensors() => new()
    {
        ["pixels"] = pixels,
        ["adam.mean"] = Moments.exp_avg,
        ["adam.square"] = Moments.exp_avg_sq,
    };
}
