using Mdf.Models.Restoration;
using TorchSharp;
using static TorchSharp.torch;

namespace Mdf.Training.Restoration;

/// <summary>A copy of a network whose weights are an exponential moving average of the original's.</summary>
internal sealed class WeightAverage : IDisposable
{
    private readonly double decay;
    private readonly (Tensor Average, Tensor Current)[] pairs;

    /// <param name="network">The original, on the device it is trained on.</param>
    /// <param name="decay">What is left of the average after a step.</param>
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

    /// <summary>The average.</summary>
    public RestorationNetwork Network { get; }

    /// <summary>Takes the original's weights in; counters are taken over.</summary>
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

    /// <summary>Leaves the average in the original.</summary>
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
