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
    private readonly double? largestGradient;
    private readonly Parameter[] parameters;
    private readonly Adam adam;

    public SupervisedStep(RestorationNetwork network, nn.Module<Tensor, Tensor, Tensor> loss, RestorationTrainingOptions options)
    {
        this.network = network;
        this.loss = loss;
        largestGradient = options.GradientClipNorm;
        parameters = [.. network.parameters()];
        adam = optim.Adam(parameters, options.LearningRate, options.Beta1, options.Beta2);
    }

    public IReadOnlyList<string> Terms { get; } = ["loss"];

    public IEnumerable<KeyValuePair<string, Tensor>> Tensors =>
        network.state_dict().Select(t => KeyValuePair.Create($"network.{t.Key}", t.Value)).Concat(adam.Moments("network."));

    public Tensor Run(Tensor degraded, Tensor reference)
    {
        adam.zero_grad();
        Tensor value = LossValue.Of(loss, network.call(degraded), reference);
        value.backward();
        if (largestGradient is { } largest)
        {
            GradientClipping.Clip(parameters, largest);
        }

        adam.StepSafely();
        return value.detach().reshape(1);
    }

    public void SetRate(double rate) => adam.SetRate(rate);

    public void ContinueAfter(int steps) => adam.SetSteps(steps);

    public void SaveOthers(string folder, IReadOnlyDictionary<string, string> metadata)
    {
    }

    public void Dispose() => adam.Dispose();
}
