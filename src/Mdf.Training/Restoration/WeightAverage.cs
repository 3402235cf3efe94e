using static TorchSharp.torch;

namespace Mdf.Training.Restoration;

/// <summary>
/// Keeps an exponential moving average of a network's weights and buffers. It follows them faster at first, so that the initial weights and
/// statistics do not weigh in it for thousands of steps.
/// </summary>
internal sealed class WeightAverage : IDisposable
{
    private readonly double decay;
    private readonly (string Name, Tensor Average, Tensor Current)[] pairs;

    /// <summary>Starts the average with the network's current weights.</summary>
    /// <param name="network">The network, on the training device.</param>
    /// <param name="decay">Factor of the average in later updates, in [0, 1).</param>
    public WeightAverage(nn.Module network, double decay)
    {
        this.decay = decay;
        using var noGradient = no_grad();
        pairs = [.. network.state_dict().Select(w => (w.Key, w.Value.detach().clone().DetachFromDisposeScope(), w.Value))];
    }

    /// <summary>The averages by the names of the network's weights and buffers.</summary>
    public IEnumerable<KeyValuePair<string, Tensor>> Tensors => pairs.Select(p => KeyValuePair.Create(p.Name, p.Average));

    /// <summary>Updates the average with the network's current weights; integer counters are copied.</summary>
    /// <param name="done">Number of steps done before this one.</param>
    public void Update(int done)
    {
        double share = 1 - Math.Min(decay, (1.0 + done) / (10 + done));
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        foreach ((_, Tensor average, Tensor current) in pairs)
        {
            if (average.is_floating_point())
            {
                average.lerp_(current, share);
            }
            else
            {
                average.copy_(current);
            }
        }
    }

    /// <summary>Exchanges the network's weights with the average until the result is disposed.</summary>
    public IDisposable Use()
    {
        Exchange();
        return new Return(this);
    }

    /// <summary>Copies the average into the network.</summary>
    public void Apply()
    {
        using var noGradient = no_grad();
        foreach ((_, Tensor average, Tensor current) in pairs)
        {
            current.copy_(average);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach ((_, Tensor average, _) in pairs)
        {
            average.Dispose();
        }
    }

    private void Exchange()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        foreach ((_, Tensor average, Tensor current) in pairs)
        {
            Tensor kept = current.clone();
            current.copy_(average);
            average.copy_(kept);
        }
    }

    private sealed class Return(WeightAverage average) : IDisposable
    {
        public void Dispose() => average.Exchange();
    }
}
