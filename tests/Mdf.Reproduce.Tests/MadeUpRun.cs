using Mdf.Models.Restoration;
using Mdf.Testing;
using Reproduce.Data;
using Reproduce.Experiments;
using Reproduce.Grids;
using Reproduce.Losses;
using Reproduce.Manifold;
using Reproduce.Report;
using Reproduce.Sensitivity;
using Reproduce.Trainings;

namespace Mdf.Reproduce.Tests;

/// <summary>A folder of invented results, to test the report.</summary>
internal sealed class MadeUpRun : IDisposable
{
    public const int Images = 10;

    private readonly TemporaryFolder folder = new();

    public MadeUpRun() => Workspace = new Workspace(folder.FullName);

    public Workspace Workspace { get; }

    /// <summary>Description of the application (preset "cpu") and the test set of all results.</summary>
    public TrainingDescription Training { get; init; } = new()
    {
        Application = "jpeg",
        Degradation = "JPEG",
        Network = new DnCnnOptions { Layers = 8, Width = 32 },
        Loss = new LossDescription { Name = "" },
        Data = new DataDescription("train", 200, "1"),
        Steps = 2000,
        Batch = 8,
        Patch = 48,
        LearningRate = 1e-3,
        Schedule = "cosine",
        Seed = 1,
    };

    /// <summary>Environment of the trainings; null in results of the first version.</summary>
    public ExperimentEnvironment? TrainingEnvironment { get; init; }

    public static LossDescription L2 { get; } = new() { Name = LossNames.L2 };

    public static LossDescription L1 { get; } = new() { Name = LossNames.L1 };

    /// <summary>Describes MDF with named weights; other settings are the published ones.</summary>
    public static LossDescription OfMdf(string weights = "jpeg.ckpt", string checksum = "0123456789abcdef", int scales = 8) =>
        new() { Name = LossNames.Mdf, Weights = weights, Checksum = checksum, Scales = scales };

    /// <summary>
    /// A value an image. Images differ much and losses little; losses of another jitter differ image by image, and not in the mean.
    /// </summary>
    public static double[] Around(double mean, int jitter = 0) =>
        [.. Enumerable.Range(0, Images).Select(i => mean + ((i - 4.5) * 0.3) + (((((jitter + 1) * i) % 5) - 2) * 0.01))];

    /// <summary>Adds a network trained with a loss, or the unrestored images.</summary>
    public MadeUpRun Add(LossDescription? loss, double[] psnr, double[]? lpips = null, long? seed = null, int? steps = null)
    {
        Workspace.Runs.Save(
            TrainingGrid.Kind,
            Description(loss, psnr.Length, seed, steps) with { Lpips = lpips is null ? null : "lpips" },
            Result(psnr, lpips) with { TrainingEnvironment = TrainingEnvironment },
            ExperimentEnvironment.Current(TimeSpan.Zero));
        return this;
    }

    /// <summary>Adds a loss's values for each distortion at one level.</summary>
    public MadeUpRun AddSensitivity(LossDescription loss, params (string Distortion, double[] Losses)[] cells)
    {
        var description =
            new SensitivityDescription
            {
                Loss = loss,
                Data = new DataDescription("BSD", 20, "2"),
                Side = 176,
                Levels = [20, 25, 30, 35, 40],
                Distortions = [.. cells.Select(c => c.Distortion)],
            };
        Workspace.Runs.Save(
            SensitivityExperiment.Kind,
            description,
            new SensitivityResult(
                [.. cells.Select(c => new SensitivityCell(
                    c.Distortion, 30, [.. c.Losses.Select(l => (double?)l)], [.. c.Losses.Select(_ => (double?)30)]))]),
            ExperimentEnvironment.Current(TimeSpan.Zero));
        return this;
    }

    /// <summary>Adds the separability of JPEG, blurred and scrambled images from originals by features.</summary>
    public MadeUpRun AddManifold(string features, double jpeg, double blurred, double scrambled)
    {
        var description =
            new ManifoldDescription
            {
                Features = features,
                Network = "3",
                Data = new DataDescription("BSD", 100, "2"),
                Side = 160,
                Distortions = ["JPEG", "blurred", "scrambled"],
                Seed = 1,
            };
        ManifoldPair Pair(string name, double accuracy) => new(name, [[0, 0]], [[1, 1]], accuracy, accuracy);
        Workspace.Runs.Save(
            ManifoldExperiment.Kind, description, new ManifoldResult(
                [
                    Pair("JPEG", jpeg), Pair("blurred", blurred), Pair("scrambled", scrambled)
                ]), ExperimentEnvironment.Current(TimeSpan.Zero));
        return this;
    }

    public ReportData Report() => new(Workspace);

    public void Dispose() => folder.Dispose();

    private EvaluationDescription Description(LossDescription? loss, int count, long? seed, int? steps) => new()
    {
        Training = loss is null
            ? null
            : Training with { Loss = loss, Seed = seed ?? Training.Seed, Steps = steps ?? Training.Steps },
        Application = Training.Application,
        Degradation = "JPEG, quality 10",
        Data = new DataDescription("BSD", count, "2"),
        Measures = "PSNR",
    };

    private static EvaluationResult Result(double[] psnr, double[]? lpips) => new()
    {
        Images = [.. psnr.Select((_, i) => $"{i}.png")],
        Psnr = psnr,
        Ssim = [.. psnr.Select(p => p / 40)],
        Lpips = lpips,
        RestoredFolder = "images/restored",
        ReferenceFolder = "images/reference",
        Stored = 0,
    };
}
