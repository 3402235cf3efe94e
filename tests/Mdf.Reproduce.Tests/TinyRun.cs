using Mdf.Testing;
using Reproduce.Data;
using Reproduce.Experiments;
using Reproduce.Grids;
using Reproduce.Losses;
using Reproduce.Presets;
using GridSettings = Reproduce.GridSettings;
using PaperGrids = Reproduce.PaperGrids;

namespace Mdf.Reproduce.Tests;

/// <summary>The smallest run of all experiments, in a folder that is deleted after the test.</summary>
internal sealed class TinyRun : IDisposable
{
    private readonly TemporaryFolder folder = new();

    /// <summary>A preset below smoke.</summary>
    public static Preset Preset { get; } = AllPresets.Smoke with
    {
        TestImages = 3,
        SyntheticImages = 5,
        SyntheticSide = 64,
        Scales = [1, 2],
        SeedImages = [1, 2],
        Lambdas = [0],
        Levels = [30, 40],
        Sensitivity = (2, 48),
        Spectrum = (1, 48),
        Manifold = (5, 48),
        Training = AllPresets.Smoke.Training.ToDictionary(t => t.Key, t => t.Value with { Steps = 2 }),
    };

    public string Folder => folder.FullName;

    public GridSettings Settings(params string[] losses) => new()
    {
        Preset = Preset,
        Folders = new DatasetFolders(null, null, null, null, null),
        Weights = [],
        Applications = ["edsr", "jpeg"],
        Losses = losses.Length > 0 ? losses : [LossNames.L2, LossNames.MsSsim, LossNames.Mdf],
        Output = Folder,
        Device = "cpu",
        Seed = 1,
        Shard = Shard.Whole,
    };

    /// <summary>Runs experiments; all of them must succeed.</summary>
    public void Run(GridSettings settings, Func<PaperGrids, IReadOnlyList<GridItem>> items, CancellationToken cancellation = default)
    {
        using var grids = new PaperGrids(settings);
        Assert.Empty(Grid.Run(items(grids), settings.Shard, cancellation));
    }

    public void Dispose() => folder.Dispose();
}
