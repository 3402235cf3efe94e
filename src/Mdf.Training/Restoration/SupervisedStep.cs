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

    public SupervisedStep(
        RestorationNetwork network, nn.Module<Tensor, Tensor, Tensor> loss, RestorationTrainingOptions options, TrainingTeam team)
    {
        this.team = team;
        this.network = network;
        this.loss = loss;
        this.options = options;
        parameters = [.. network.parameters()];
        exchange = team.Exchange(parameters, network);
        adam = optim.Adam(parameters, options.LearningRate, options.Beta1, options.Beta2);
    }

    public IReadOnlyList<string> Terms { get; } = ["loss"];

    public IEnumerable<KeyValuePair<string, Tensor>> Tensors =>
        network.state_dict().Select(t => KeyValuePair.Create($"network.{t.Key}", t.Value)).Concat(adam.Moments("network."));

    public Tensor Run(Tensor degraded, Tensor reference)
    {
        adam.zero_grad();
        Tensor sum = zeros(1, ScalarType.Float32, degraded.device);
        foreach ((Tensor part, Tensor target, double share) in BatchPart.Divide(degraded, reference, options.BatchParts))
        {
            using var scope = NewDisposeScope();
            Tensor value = LossValue.Of(loss, network.call(part), target).Times(share * team.Weight);
            value.backward();
            sum.Add(value.detach().reshape(1));
        }

        sum = exchange.Average(sum);
        GradientClipping.Clip(parameters, options);
        adam.StepSafely(options.WeightDecay);
        return sum;
    }

    public void SetRate(double rate) => adam.SetRate(rate);

    public void ContinueAfter(int steps) => adam.SetSteps(steps);

    public void SaveOthers(string folder, IReadOnlyDictionary<string, string> metadata)
    {
    }

    public void Dispose() => adam.Dispose();
}
