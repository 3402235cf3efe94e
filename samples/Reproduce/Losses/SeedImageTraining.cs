using Mdf.Losses;
using Mdf.Training.Discriminators;
using Reproduce.Data;
using Reproduce.Experiments;
using Reproduce.Grids;
using Reproduce.Trainings;
using Samples.Common;

namespace Reproduce.Losses;

/// <summary>Trains discriminators on the first images of a set, for the ablation of the number of seed images.</summary>
internal sealed class SeedImageTraining(
    Workspace workspace, Application application, ImageSet images, DiscriminatorTrainingOptions options, MdfPrecision precision)
{
    /// <summary>Returns the experiment that trains discriminators on the first images, and then a network with their loss.</summary>
    public GridItem Item(int count, TrainingGrid grid)
    {
        // The identity of the training replaces the checksum of the weights, which is unknown before the training.
        var discriminators = new SeedImageDescription
        {
            Task = application.Task,
            Seeds = new ImageSet(images.Name, images.Images, count).Description,
            Options = options,
        };
        string identity = ExperimentIdentity.Of(discriminators);
        LossChoice loss = Loss(count, identity, () => workspace.NetworkFile(identity)) with { Discriminators = discriminators };
        GridItem network = grid.Item(loss);
        return network with
        {
            Run = (progress, cancellation) =>
            {
                Train(count, identity, new Reporter<double>(done => progress.Report(done / 2)), cancellation);
                network.Run(new Reporter<double>(done => progress.Report((1 + done) / 2)), cancellation);
            },
        };
    }

    private LossChoice Loss(int count, string identity, Func<string> file)
    {
        int scales = options.ScaleCount ?? DiscriminatorWeights.PublishedScales;
        var description = new LossDescription
        {
            Name = LossNames.Mdf,
            Weights = count == 1 ? "1 seed image" : $"{count} seed images",
            Checksum = identity,
            Scales = scales,
            SeedImages = count,
            Precision = precision == MdfPrecision.Full ? null : precision,
        };
        return new LossChoice(description, reduction => DiscriminatorWeights.Find(file(), precision)!.Loss().Create(reduction));
    }

    private void Train(int count, string identity, Reporter<double> progress, CancellationToken cancellation)
    {
        string file = workspace.NetworkFile(identity), state = $"{file}.state.safetensors";
        if (File.Exists(file))
        {
            return;
        }

        SeedImage[] seeds =
        [
            .. Enumerable.Range(0, count).Select(i => new SeedImage(images.Images.NameOf(i), images.Images.Read(i).ToTensor())),
        ];
        var report = new Reporter<DiscriminatorTrainingProgress>(
            now => progress.Report((now.Scale + (now.Iteration / (double)now.Iterations)) / now.ScaleCount));
        try
        {
            using DiscriminatorTrainingResult result = new DiscriminatorTrainer(options).Train(
                seeds, TrainingDistortion.ForTask(application.Task), state, workspace.Device, report, cancellation);
            if (!result.IsComplete)
            {
                throw new OperationCanceledException(cancellation);
            }

            result.Discriminators!.Save(file);
            File.Delete(state);
        }
        finally
        {
            foreach (SeedImage seed in seeds)
            {
                seed.Pixels.Dispose();
            }
        }
    }
}
