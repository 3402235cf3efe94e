using Mdf.Data;
using Mdf.Experiments;
using Mdf.Models.Adversarial;
using Mdf.Models.Restoration;
using Reproduce.Data;
using Reproduce.Grids;
using Reproduce.Losses;
using Reproduce.Presets;
using Reproduce.Trainings;
using Samples.Common;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Manifold;

/// <summary>
/// Trains the discriminator of SRGAN against an SRResNet that was trained with L2 before, as Ledig et al. 2017 do; the generator's content
/// loss is L2 (their SRGAN-MSE), which needs no weights of VGG. The first part goes on after a stop; the second begins again.
/// </summary>
internal sealed class SrganTraining(Workspace workspace, ImageSet images, TrainingSettings settings, long seed)
{
    private const double AdversarialWeight = 1e-3;

    private readonly Application application = Application.All.Single(a => a.Key == "srresnet");

    /// <summary>What decides the discriminator.</summary>
    public string Identity => ExperimentIdentity.Of(new
    {
        Method = "SRGAN-MSE",
        Generator = Pretraining.Describe(Content.Description),
        AdversarialWeight,
    });

    private static LossChoice Content => new LossCatalog(side: int.MaxValue).Find(LossNames.L2)!;

    private NetworkTraining Pretraining => new(workspace, application, settings, images, seed);

    /// <summary>The trained discriminator; the caller disposes it. One that was trained before is loaded.</summary>
    public SrganDiscriminator Train(IProgress<double> progress, CancellationToken cancellation)
    {
        var discriminator = new SrganDiscriminator(settings.Patch, seed);
        string file = workspace.NetworkFile(Identity);
        if (!File.Exists(file))
        {
            (RestorationNetwork generator, _) = Pretraining.Train(Content, new Reporter<double>(done => progress.Report(done / 2)), cancellation);
            using (generator)
            {
                discriminator.to(workspace.Device);
                Compete(generator, discriminator, new Reporter<double>(done => progress.Report((1 + done) / 2)), cancellation);
            }

            discriminator.cpu();
            discriminator.Save(file);
        }

        discriminator.LoadWeights(file);
        discriminator.to(workspace.Device);
        discriminator.eval();
        return discriminator;
    }

    private void Compete(RestorationNetwork generator, SrganDiscriminator discriminator, Reporter<double> progress, CancellationToken cancellation)
    {
        var pairs = new ImagePairs(images.Images, application.TrainingDegradation, application.Scale);
        using var ofGenerator = optim.Adam(generator.parameters(), settings.LearningRate);
        using var ofDiscriminator = optim.Adam(discriminator.parameters(), settings.LearningRate);
        var random = new Random((int)seed);
        generator.train();
        discriminator.train();
        for (int step = 0; step < settings.Steps; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            PairedBatch batch = pairs.Patches(settings.Batch, settings.Patch, random);
            Tensor real = Innermost(batch.Reference), generated = generator.call(Innermost(batch.Degraded));

            ofDiscriminator.zero_grad();
            (Missed(discriminator.call(real)) + Missed(-discriminator.call(generated.detach()))).backward();
            ofDiscriminator.step();

            ofGenerator.zero_grad();
            Tensor content = (generated - real).square().mean();
            (content + (AdversarialWeight * Missed(discriminator.call(generated)))).backward();
            ofGenerator.step();
            progress.Report((step + 1) / (double)settings.Steps);
        }
    }

    // On the device, channels innermost: the layout in which gradients are sure to be finite on the CPU.
    private Tensor Innermost(Tensor maps) => maps.to(workspace.Device).permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2);

    // The cross-entropy of scores that should say: real.
    private static Tensor Missed(Tensor scores) => nn.functional.softplus(-scores).mean();
}
