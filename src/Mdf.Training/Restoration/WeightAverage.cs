using Mdf.Models.Restoration;
using TorchSharp;
using static TorchSharp.torch;

namespace Mdf.Training.Restoration;

/// <summary>A copy of a network whose weights are an exponential moving average of the original's weights.</summary>
internal sealed class WeightAverage : IDisposable
{
    private readonly double decay;
    private readonly (Tensor Average, Tensor Current)[] pairs;

    /// <summary>Copies a network.</summary>
    /// <param name="network">The original, on the training device.</param>
    /// <param name="decay">Factor of the average in each update, in [0, 1).</param>
    public WeightAverage(RestorationNetwork network, double decay)
    {
        this.decay = decay;
        Network = network.Options.Create();
        Network.to(network.parameters().First().device);
        Network.eval();
        Dictionary<string, Tensor> current = network.state_dict();
        pairs = [.. Network.state_dict().Select(average => (average.Value, current[average.Key]))];
        Copy(copyToAverage: true);
    }

    /// <summary>The network with the averaged weights.</summary>
    public RestorationNetwork Network { get; }

    /// <summary>Updates the average with the original's current weights; integer counters are copied.</summary>
    public void Update()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        foreach ((Tensor average, Tensor current) in pairs)
        {
            if (average.is_floating_point())
            {
                average.lerp_(current, 1 - decay);
            }
            else
            {
                average.copy_(current);
            }
        }
    }

    /// <summary>Copies the average into the original network.</summary>
    public void Apply() => Copy(copyToAverage: false);

    /// <inheritdoc/>
    public void Dispose() => Network.Dispose();

    private void Copy(bool copyToAverage)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        foreach ((Tensor average, Tensor current) in pairs)
        {
            (copyToAverage ? average : current).copy_(copyToAverage ? current : average);
        }
    }
}
