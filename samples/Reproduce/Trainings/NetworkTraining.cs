using System.Globalization;
using System.Text.Json;
using Mdf.Models.Restoration;
using Mdf.Training.Restoration;
using Reproduce.Data;
using Reproduce.Experiments;
using Reproduce.Grids;
using Reproduce.Losses;
using Reproduce.Presets;
using Samples.Common;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Trainings;

/// <summary>Trains an application's network. An interrupted training resumes, and a finished one is loaded.</summary>
internal sealed class NetworkTraining(Workspace workspace, Application application, TrainingSettings settings, ImageSet images, long seed)
{
    private const string SecondsKey = "training seconds";
    private const string EnvironmentKey = "training environment";
    private const int SaveInterval = 200;

    private static readonly LearningRateSchedule Schedule = LearningRateSchedule.Cosine(0.01);

    /// <summary>Options of the trainer.</summary>
    public RestorationTrainingOptions Options => new()
    {
        Steps = settings.Steps,
        BatchSize = settings.Batch,
        PatchSize = settings.Patch,
        LearningRate = settings.LearningRate,
        Schedule = Schedule,
        Seed = seed,
        SaveInterval = SaveInterval,
    };

    /// <summary>Returns the description that identifies the training with a loss.</summary>
    public TrainingDescription Describe(LossDescription loss) => new()
    {
        Application = application.Key,
        Degradation = application.TrainingDegradation.Description,
        Network = settings.Network,
        Loss = loss,
        Data = images.Description,
        Steps = settings.Steps,
        Batch = settings.Batch,
        Patch = settings.Patch,
        LearningRate = settings.LearningRate,
        Schedule = Schedule.ToString(),
        Seed = seed,
    };

    /// <summary>Trains the network, or loads it if it was trained before. The caller disposes it.</summary>
    public TrainedNetwork Train(LossChoice choice, IProgress<double> progress, CancellationToken cancellation)
    {
        string identity = ExperimentIdentity.Of(Describe(choice.Description)), file = workspace.NetworkFile(identity);
        if (!File.Exists(file))
        {
            using RestorationNetwork trained = TrainNew(choice, workspace.TrainingFolder(identity), progress, cancellation);
            double seconds = Seconds(workspace.TrainingFolder(identity));
            trained.cpu();
            trained.Save(file, new Dictionary<string, string>
            {
                ["experiment"] = identity,
                [SecondsKey] = seconds.ToString("r", CultureInfo.InvariantCulture),
                [EnvironmentKey] = JsonSerializer.Serialize(ExperimentEnvironment.Current(TimeSpan.FromSeconds(seconds), workspace.Device)),
            });
        }

        workspace.DeleteTraining(identity);
        RestorationNetwork network = ModelZoo.Load(file);
        network.to(workspace.Device);
        return new TrainedNetwork(
            network,
            TimeSpan.FromSeconds(double.Parse(network.Metadata[SecondsKey], CultureInfo.InvariantCulture)),
            network.Metadata.TryGetValue(EnvironmentKey, out string? environment)
                ? JsonSerializer.Deserialize<ExperimentEnvironment>(environment)
                : null);
    }

    private RestorationNetwork TrainNew(LossChoice choice, string folder, IProgress<double> progress, CancellationToken cancellation)
    {
        RestorationNetwork network = settings.Network.Create(seed);
        using Loss<Tensor, Tensor, Tensor> loss = choice.Create(nn.Reduction.Mean);
        var input = new RestorationTrainingInput
        {
            Network = network,
            Loss = loss,
            Images = images.Images,
            Degradation = application.TrainingDegradation,
            OutputFolder = folder,
            Device = workspace.Device,
        };
        RestorationTrainingResult result = new RestorationTrainer(Options).Train(
            input, new Reporter<RestorationTrainingProgress>(now => progress.Report(now.Step / (double)now.Steps)), cancellation);
        if (!result.IsComplete)
        {
            network.Dispose();
            throw new OperationCanceledException(cancellation);
        }

        return network;
    }

    // The speeds in the log give the training time, including that before an interruption.
    private double Seconds(string folder)
    {
        string[][] rows = [.. File.ReadLines(Path.Combine(folder, "log.csv")).Select(l => l.Split(','))];
        int speed = Array.IndexOf(rows[0], "images_per_second");
        double seconds = 0;
        int before = 0;
        foreach (string[] row in rows.Skip(1).Where(r => r.Length > speed && r[speed].Length > 0))
        {
            int step = int.Parse(row[0], CultureInfo.InvariantCulture);
            seconds += (step - before) * settings.Batch / double.Parse(row[speed], CultureInfo.InvariantCulture);
            before = step;
        }

        return seconds;
    }
}
