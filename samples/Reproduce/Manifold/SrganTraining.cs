using Mdf.Models.Adversarial;
using Mdf.Training.Restoration;
using Reproduce.Data;
using Reproduce.Experiments;
using Reproduce.Grids;
using Reproduce.Losses;
using Reproduce.Presets;
using Reproduce.Trainings;
using Samples.Common;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Manifold;

/// <summary>
/// Trains the discriminator of SRGAN against an SRResNet that was pretrained with L2 (Ledig et al., 2017). The generator's content loss is
/// L2 (SRGAN-MSE in that paper), which needs no VGG weights. Interrupted trainings resume, both the pretraining and the adversarial one.
/// </summary>
internal sealed class SrganTraining(Workspace workspace, ImageSet images, TrainingSettings settings, long seed)
{
    private const double AdversarialWeight = 1e-3;
    private const int SaveInterval = 200;

    private readonly Application application = Application.All.Single(a => a.Key == "srresnet");

    /// <summary>Identifies the training.</summary>
    public SrganDescription Description => new()
    {
        Method = "SRGAN-MSE",
        Generator = Pretraining.Describe(Content.Description),
        AdversarialWeight = AdversarialWeight,
    };

    public string Identity => ExperimentIdentity.Of(Description);

    private static LossChoice Content => new LossCatalog(side: int.MaxValue).Find(LossNames.L2)!;

    private NetworkTraining Pretraining => new(workspace, application, settings, images, seed);

    /// <summary>Trains the discriminator, or loads it if it was trained before. The caller disposes it.</summary>
    public SrganDiscriminator Train(IProgress<double> progress, CancellationToken cancellation)
    {
        var discriminator = new SrganDiscriminator(settings.Patch, seed);
        string file = workspace.NetworkFile(Identity);
        if (!File.Exists(file))
        {
            using TrainedNetwork generator = Pretraining.Train(
                Content, new Reporter<double>(done => progress.Report(done / 2)), cancellation);
            Compete(generator, discriminator, new Reporter<double>(done => progress.Report((1 + done) / 2)), cancellation);
            discriminator.cpu();
            discriminator.Save(file);
        }

        workspace.DeleteTraining(Identity);
        discriminator.LoadWeights(file);
        discriminator.to(workspace.Device);
        discriminator.eval();
        return discriminator;
    }

    private void Compete(
        TrainedNetwork generator, SrganDiscriminator discriminator, Reporter<double> progress, CancellationToken cancellation)
    {
        var options = new RestorationTrainingOptions
        {
            Steps = settings.Steps,
            BatchSize = settings.Batch,
            PatchSize = settings.Patch,
            LearningRate = settings.LearningRate,
            AdversarialWeight = AdversarialWeight,
            Seed = seed,
            SaveInterval = SaveInterval,
        };
        using Loss<Tensor, Tensor, Tensor> loss = Content.Create(nn.Reduction.Mean);
        var input = new RestorationTrainingInput
        {
            Network = generator.Network,
            Loss = loss,
            Images = images.Images,
            Degradation = application.TrainingDegradation,
            OutputFolder = workspace.TrainingFolder(Identity),
            Device = workspace.Device,
        };
        RestorationTrainingResult result = new RestorationTrainer(options).TrainAdversarially(
            input,
            discriminator,
            new Reporter<RestorationTrainingProgress>(now => progress.Report(now.Step / (double)now.Steps)),
            cancellation);
        if (!result.IsComplete)
        {
            throw new OperationCanceledException(cancellation);
        }
    }
}
