using Mdf.Models.Adversarial;
using Reproduce.Data;
using Reproduce.Grids;
using Reproduce.Losses;
using Reproduce.Manifold;
using Reproduce.Presets;
using Reproduce.Sensitivity;
using Reproduce.Spectrum;
using Reproduce.Trainings;
using Samples.Common;
using Spectre.Console;
using TorchSharp;

namespace Reproduce;

/// <summary>Creates the experiments of the paper, one list for each table or figure.</summary>
internal sealed class PaperGrids : IDisposable
{
    private const long UntrainedSeed = 1;

    private readonly GridSettings settings;
    private readonly Datasets data;
    private readonly PerceptualMetric? lpips;
    private readonly HashSet<string> said = [];

    public PaperGrids(GridSettings settings)
    {
        this.settings = settings;
        Workspace = new Workspace(settings.Output, CommandLine.UsableDevice(settings.Device));
        data = new Datasets(settings.Folders, settings.Preset, settings.TestImages);
        lpips = PerceptualMetric.Find(Workspace.Device);
        if (lpips is null)
        {
            Say("LPIPS is not measured: AlexNet's weights were not found.");
        }
    }

    public Workspace Workspace { get; }

    /// <summary>Returns the experiments of the paper's table: all applications with all losses.</summary>
    public IReadOnlyList<GridItem> Table() =>
    [
        .. from application in Applications()
           let grid = Grid(application)
           from item in new[] { grid.Unrestored() }.Concat(LossesOf(application).Select(grid.Item))
           select item,
    ];

    /// <summary>Returns trainings of several numbers of steps.</summary>
    public IReadOnlyList<GridItem> Budgets(IReadOnlyList<int> steps) =>
    [
        .. from application in Applications()
           from count in steps.Order()
           let grid = Grid(application, settings.TrainingOf(application.Key) with { Steps = count })
           from loss in LossesOf(application)
           let item = grid.Item(loss)
           select item with { Title = $"{item.Title}, {count} steps" },
    ];

    /// <summary>Returns the ablation of the number of scales, from the coarsest alone to all.</summary>
    public IReadOnlyList<GridItem> Scales()
    {
        Application application = AblationApplication();
        TrainingGrid grid = Grid(application);
        return
        [
            grid.Unrestored(),
            .. from weights in WeightsOf(application)
               from count in settings.Preset.Scales
               where count <= weights.Scales
               select grid.Item(weights.Loss(count)),
        ];
    }

    /// <summary>Returns the ablation of the number of seed images.</summary>
    public IReadOnlyList<GridItem> Seeds()
    {
        Application application = AblationApplication();
        TrainingGrid grid = Grid(application);
        var options = settings.Preset.Discriminators with { Seed = settings.Seed };
        var seeds = new SeedImageTraining(Workspace, application, data.Training, options, settings.Precision);
        return [.. settings.Preset.SeedImages.Where(n => n <= data.Training.Count).Select(n => seeds.Item(n, grid))];
    }

    /// <summary>Returns the experiments with sums of L2 and a multiple of another loss.</summary>
    /// <param name="others">The names of the other losses.</param>
    public IReadOnlyList<GridItem> Lambda(IReadOnlyList<string> others)
    {
        Application application = AblationApplication();
        TrainingGrid grid = Grid(application);
        LossCatalog catalog = Catalog(settings.TrainingOf(application.Key).Patch, others);
        LossChoice[] found =
        [
            .. others.Select(catalog.Find).OfType<LossChoice>(),
            .. others.Contains(LossNames.Mdf) ? WeightsOf(application).Select(w => w.Loss()) : [],
        ];
        return
        [
            .. from other in found
               from power in settings.Preset.Lambdas
               select grid.Item(LossCatalog.Mix(other, Math.Pow(10, power))),
        ];
    }

    /// <summary>Returns the comparison of L2, untrained and trained discriminators, which shows the benefit of training.</summary>
    public IReadOnlyList<GridItem> Features()
    {
        Application application = AblationApplication();
        TrainingGrid grid = Grid(application);
        return
        [
            grid.Unrestored(),
            grid.Item(Catalog(settings.TrainingOf(application.Key).Patch, []).Find(LossNames.L2)!),
            grid.Item(DiscriminatorWeights.Untrained(UntrainedSeed, settings.Precision).Loss()),
            grid.Item(Calibrated().Loss()),
            .. WeightsOf(application).Select(w => grid.Item(w.Loss())),
        ];
    }

    /// <summary>Returns the experiments that apply all losses to distortions of equal PSNR.</summary>
    public IReadOnlyList<GridItem> Sensitivity()
    {
        Preset preset = settings.Preset;
        ImageSet images = Some(data.Tests[0], preset.Sensitivity.Images);
        var experiment = new SensitivityExperiment(Workspace, images, preset.Sensitivity.Side, preset.Levels);
        return [.. Losses(preset.Sensitivity.Side, AllWeights, () => []).Select(experiment.Item)];
    }

    /// <summary>Returns the measurements of what each loss minds, by spatial frequency.</summary>
    public IReadOnlyList<GridItem> Spectra()
    {
        Preset preset = settings.Preset;
        ImageSet images = Some(data.Tests[0], preset.Spectrum.Images);
        var experiment = new SpectrumExperiment(Workspace, images, preset.Spectrum.Side);
        return
        [
            .. Losses(
                preset.Spectrum.Side,
                AllWeights,
                () => [DiscriminatorWeights.Untrained(UntrainedSeed, settings.Precision), Calibrated()]).Select(experiment.Item),
        ];
    }

    /// <summary>Returns the experiments on what the discriminators' features tell apart.</summary>
    public IReadOnlyList<GridItem> Manifold()
    {
        Preset preset = settings.Preset;
        ImageSet images = Some(data.Tests[0], preset.Manifold.Images);
        var experiment = new ManifoldExperiment(Workspace, images, preset.Manifold.Side, settings.Seed);
        var srgan = new SrganTraining(Workspace, data.Training, preset.Srgan, settings.Seed);
        Func<DiscriminatorWeights, DiscriminatorPyramid, FeatureSource>[] kinds =
            [FeatureSource.ChannelAverages, FeatureSource.PositionAverages];
        return
        [
            .. from weights in AllWeights()
               from features in kinds
               select Item(weights, features),
            experiment.Item(FeatureSource.SrganTitle, srgan.Identity, srgan.Description, (progress, cancellation) =>
            {
                SrganDiscriminator discriminator = srgan.Train(progress, cancellation);
                return (FeatureSource.Srgan(discriminator, srgan.Identity), discriminator);
            }),
        ];

        GridItem Item(DiscriminatorWeights weights, Func<DiscriminatorWeights, DiscriminatorPyramid, FeatureSource> features)
        {
            using DiscriminatorPyramid any = weights.Load();
            return experiment.Item(features(weights, any).Title, weights.Checksum, training: null, (_, _) =>
            {
                DiscriminatorPyramid discriminators = weights.Load();
                discriminators.to(Workspace.Device);
                return (features(weights, discriminators), discriminators);
            });
        }
    }

    public void Dispose() => lpips?.Dispose();

    private IEnumerable<Application> Applications() => Application.All.Where(a => settings.Applications.Contains(a.Key));

    private Application AblationApplication() => Application.All.Single(a => a.Key == settings.Preset.AblationApplication);

    private TrainingGrid Grid(Application application) => Grid(application, settings.TrainingOf(application.Key));

    private TrainingGrid Grid(Application application, TrainingSettings training) =>
        new(Workspace, application, training, data, lpips, settings.Seed);

    private IEnumerable<LossChoice> LossesOf(Application application) =>
        Losses(settings.TrainingOf(application.Key).Patch, () => WeightsOf(application), () => [Calibrated()]);

    // The losses to run on images of a size; MDF with the weights, and the control with the others.
    private IEnumerable<LossChoice> Losses(int side, Func<DiscriminatorWeights[]> weights, Func<DiscriminatorWeights[]> controls)
    {
        LossCatalog catalog = Catalog(side, settings.Losses);
        return settings.Losses.Select(catalog.Find).OfType<LossChoice>()
            .Concat(settings.Losses.Contains(LossNames.Mdf) ? weights().Select(w => w.Loss()) : [])
            .Concat(settings.Losses.Contains(LossNames.Untrained) ? controls().Select(w => w.Loss()) : []);
    }

    private DiscriminatorWeights Calibrated() => DiscriminatorWeights.Calibrated(UntrainedSeed, data.Training, settings.Precision);

    private LossCatalog Catalog(int side, IReadOnlyList<string> wanted)
    {
        var catalog = new LossCatalog(side);
        foreach (MissingLoss missing in catalog.Missing.Where(m => wanted.Contains(m.Name)))
        {
            Say($"{missing.Name} is left out: it {missing.Reason}.");
        }

        return catalog;
    }

    // Packaged weights come first.
    private DiscriminatorWeights[] WeightsOf(Application application)
    {
        DiscriminatorWeights? packaged = DiscriminatorWeights.Find(application.PackagedWeights, settings.Precision);
        if (packaged is null)
        {
            Say($"MDF is left out of {application.Title} or uses only the weights given by --weights: "
                + $"there are no packaged weights '{application.PackagedWeights}'.");
        }

        DiscriminatorWeights[] given =
            [.. settings.Weights.Where(w => w.IsFor(application)).Select(w => DiscriminatorWeights.Find(w.Path, settings.Precision)!)];
        return packaged is null ? given : [packaged, .. given];
    }

    private DiscriminatorWeights[] AllWeights() =>
        [.. Application.All.SelectMany(WeightsOf).DistinctBy(w => (w.Name, w.Checksum))];

    private ImageSet Some(ImageSet images, int count) => new(images.Name, images.Images, Math.Min(count, settings.TestImages ?? count));

    private void Say(string remark)
    {
        if (said.Add(remark))
        {
            AnsiConsole.MarkupLineInterpolated($"[yellow]{remark}[/]");
        }
    }
}
