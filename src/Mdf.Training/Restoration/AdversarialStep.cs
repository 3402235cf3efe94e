using Mdf.Losses;
using Mdf.Models.Adversarial;
using Mdf.Models.Restoration;
using Mdf.TorchCompatibility;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Mdf.Training.Restoration;

/// <summary>
/// An adversarial training step (SRGAN, Ledig et al., CVPR 2017). One step of Adam trains a discriminator to tell restored images from
/// references by binary cross-entropy. Another step trains the network on a content loss plus a weighted, non-saturating adversarial
/// loss.
/// </summary>
internal sealed class AdversarialStep : ITrainingStep
{
    private const string DiscriminatorFileName = "discriminator.ckpt";

    private readonly RestorationNetwork network;
    private readonly SrganDiscriminator discriminator;
    private readonly nn.Module<Tensor, Tensor, Tensor> loss;
    private readonly RestorationTrainingOptions options;
    private readonly Parameter[] parameters;
    private readonly Parameter[] opposing;
    private readonly Adam adam;
    private readonly Adam opposingAdam;
    private readonly TrainingTeam team;
    private readonly GradientExchange exchange;
    private readonly GradientExchange opposingExchange;

    public AdversarialStep(
        RestorationNetwork network,
        SrganDiscriminator discriminator,
        nn.Module<Tensor, Tensor, Tensor> loss,
        RestorationTrainingOptions options,
        TrainingTeam team)
    {
        this.team = team;
        this.network = network;
        this.discriminator = discriminator;
        this.loss = loss;
        this.options = options;
        parameters = [.. network.parameters()];
        opposing = [.. discriminator.parameters()];
        adam = optim.Adam(parameters, options.LearningRate, options.Beta1, options.Beta2);
        opposingAdam = optim.Adam(opposing, options.LearningRate, options.Beta1, options.Beta2);
        exchange = team.Exchange(parameters, network, discriminator);
        opposingExchange = team.Exchange(opposing);
        discriminator.train();
    }

    public IReadOnlyList<string> Terms { get; } = ["loss", "content_loss", "adversarial_loss", "discriminator_loss"];

    public IEnumerable<KeyValuePair<string, Tensor>> Tensors =>
        network.state_dict().Select(t => KeyValuePair.Create($"network.{t.Key}", t.Value))
            .Concat(discriminator.state_dict().Select(t => KeyValuePair.Create($"discriminator.{t.Key}", t.Value)))
            .Concat(adam.Moments("network."))
            .Concat(opposingAdam.Moments("discriminator."));

    public Tensor Run(Tensor degraded, Tensor reference)
    {
        Tensor restored = network.call(degraded);
        opposingAdam.zero_grad();
        Tensor opposition = CrossEntropy(discriminator.call(reference), isReal: true)
            .Plus(CrossEntropy(discriminator.call(restored.detach()), isReal: false));
        opposition.Times(team.Weight).backward();
        opposingExchange.Average();
        opposingAdam.StepSafely();

        adam.zero_grad();
        Tensor content = LossValue.Of(loss, restored, reference).reshape([]), adversarial, value;
        SetLearning(opposing, false);
        try
        {
            adversarial = CrossEntropy(discriminator.call(restored), isReal: true);
            value = content.Plus(adversarial.Times(options.AdversarialWeight));
            value.Times(team.Weight).backward();
        }
        finally
        {
            SetLearning(opposing, true);
        }

        Tensor values = stack([value.detach(), content.detach(), adversarial.detach(), opposition.detach()]);
        values = exchange.Average(values.Times(team.Weight));
        GradientClipping.Clip(parameters, options);
        adam.StepSafely(options.WeightDecay);
        return values;
    }

    public void SetRate(double rate)
    {
        adam.SetRate(rate);
        opposingAdam.SetRate(rate);
    }

    public void SaveOthers(string folder, IReadOnlyDictionary<string, string> metadata) =>
        discriminator.Save(Path.Combine(folder, DiscriminatorFileName), metadata);

    public void ContinueAfter(int steps)
    {
        adam.SetSteps(steps);
        opposingAdam.SetSteps(steps);
    }

    public void Dispose()
    {
        adam.Dispose();
        opposingAdam.Dispose();
    }

    private static Tensor CrossEntropy(Tensor logits, bool isReal) => nn.functional.logsigmoid(isReal ? logits : -logits).neg().mean();

    // Saves time: the network's step needs no gradients of the discriminator's weights.
    private static void SetLearning(Parameter[] weights, bool learns)
    {
        foreach (Parameter weight in weights)
        {
            weight.requires_grad = learns;
        }
    }
}
