using Mdf.Models.Restoration;
using Mdf.TorchCompatibility;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Mdf.Training.Restoration;

/// <summary>A supervised training step: one step of Adam on the loss between restored images and references.</summary>
internal sealed class SupervisedStep : ITrainingStep
{
    private readonly RestorationNetwork network;
    private readonly nn.Module<Tensor, Tensor, Tensor> loss;
    private readonly RestorationTrainingOptions options;
    private readonly Adam adam;
    private readonly Parameter[] parameters;
    private readonly TrainingTeam team;
    private readonly GradientExchange exchange;
    private readonly MixedPrecision? mixed;
    private readonly LossScale? scale;

    /// <exception cref="ArgumentException">The network cannot be trained in the precision.</exception>
    /// <exception cref="NotSupportedException">The processor cannot compute gradients in the precision.</exception>
    public SupervisedStep(
        RestorationNetwork network, nn.Module<Tensor, Tensor, Tensor> loss, RestorationTrainingOptions options, TrainingTeam team)
    {
        this.team = team;
        this.network = network;
        this.loss = loss;
        this.options = options;
        parameters = [.. network.parameters()];
        exchange = team.Exchange(parameters, network);
        mixed = MixedPrecision.For(network, options.Precision);
        scale = options.Precision == RestorationPrecision.Float16 ? new LossScale() : null;
        adam = optim.Adam(parameters, options.LearningRate, options.Beta1, options.Beta2);
    }

    public IReadOnlyList<string> Terms { get; } = ["loss"];

    public IEnumerable<KeyValuePair<string, Tensor>> Tensors =>
        network.state_dict().Select(t => KeyValuePair.Create($"network.{t.Key}", t.Value)).Concat(adam.Moments("network."))
            .Concat(scale?.Tensors ?? []);

    public Tensor Run(Tensor degraded, Tensor reference)
    {
        adam.zero_grad();
        Tensor sum = zeros(1, ScalarType.Float32, degraded.device);
        foreach ((Tensor part, Tensor target, double share) in BatchPart.Divide(degraded, reference, options.BatchParts))
        {
            using var scope = NewDisposeScope();
            double weight = share * team.Weight;
            sum.Add(AddGradient(part, restored => LossValue.Of(loss, restored, target).Times(weight)).reshape(1));
        }

        sum = exchange.Average(sum);
        if (scale?.Accept(parameters.Select(p => p.grad).OfType<Tensor>()) ?? true)
        {
            GradientClipping.Clip(parameters, options);
            adam.StepSafely(options.WeightDecay);
        }

        return sum;
    }

    public void SetRate(double rate) => adam.SetRate(rate);

    public void ContinueAfter(int steps) => adam.SetSteps(steps - (scale?.LeftOut ?? 0));

    public void SaveOthers(string folder, IReadOnlyDictionary<string, string> metadata)
    {
    }

    public void Dispose()
    {
        adam.Dispose();
        mixed?.Dispose();
        scale?.Dispose();
    }

    private Tensor AddGradient(Tensor degraded, Func<Tensor, Tensor> valueOf)
    {
        if (mixed is not null)
        {
            return mixed.AddGradient(degraded, valueOf, scale?.Factor ?? 1);
        }

        Tensor value = valueOf(network.call(degraded));
        value.backward();
        return value.detach();
    }
}
