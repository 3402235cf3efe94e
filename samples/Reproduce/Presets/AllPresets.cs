using Mdf.Models.Restoration;

namespace Reproduce.Presets;

/// <summary>All presets.</summary>
internal static class AllPresets
{
    private static readonly string[] AllApplications = [.. Application.All.Select(a => a.Key)];
    private static readonly int[] PublishedScales = [1, 2, 3, 5, 7, 8];
    private static readonly int[] PublishedLambdas = [-3, -2, -1, 0, 1, 2, 3];

    public static Preset Smoke { get; } = new()
    {
        Name = "smoke",
        Remark = "A test that everything runs: the networks have a few channels and are trained for a few steps on synthetic pictures, so "
            + "the results say nothing about the losses.",
        Training = Settings(
            edsr: new(new EdsrOptions { Blocks = 1, Width = 8 }, 6, 2, 48, 1e-3),
            srResNet: new(new SrResNetOptions { Blocks = 1, Width = 8 }, 6, 2, 48, 1e-3),
            dnCnn: new(new DnCnnOptions { Layers = 3, Width = 8 }, 6, 2, 32, 1e-3)),
        TestImages = 4,
        SyntheticImages = 6,
        SyntheticSide = 96,
        Applications = AllApplications,
        AblationApplication = "jpeg",
        Scales = [1, 2, 4, 8],
        SeedImages = [1, 2],
        Discriminators = new() { ScaleCount = 2, Iterations = 3, Width = 8, MaximumSide = 40, PriorSampleCount = 2 },
        Lambdas = [-1, 0, 1],
        Levels = [20, 30, 40],
        Sensitivity = (2, 64),
        Spectrum = (1, 64),
        Manifold = (6, 64),
        Srgan = new(new SrResNetOptions { Blocks = 1, Width = 8 }, 4, 2, 32, 1e-4),
    };

    public static Preset Cpu { get; } = new()
    {
        Name = "cpu",
        Remark = "Reduced to what two cores do in hours: DnCNN of 8 layers of 32 channels (published: 20 of 64), EDSR of 4 blocks of 32 "
            + "(32 of 256), SRResNet of 4 blocks of 32 (16 of 64), 2,000 steps of 8 crops of 48 x 48 pixels, the first 20 images of each "
            + "test set. Crops of this size permit three of MS-SSIM's five scales.",
        Training = Settings(
            edsr: new(new EdsrOptions { Blocks = 4, Width = 32 }, 2000, 8, 48, 5e-4),
            srResNet: new(new SrResNetOptions { Blocks = 4, Width = 32 }, 2000, 8, 48, 5e-4),
            dnCnn: new(new DnCnnOptions { Layers = 8, Width = 32 }, 2000, 8, 48, 1e-3)),
        TestImages = 20,
        SyntheticImages = 20,
        SyntheticSide = 192,
        Applications = AllApplications,
        AblationApplication = "jpeg",
        Scales = PublishedScales,
        SeedImages = [1, 2, 4],
        Discriminators = new() { ScaleCount = 4, Iterations = 200, MaximumSide = 64 },
        Lambdas = PublishedLambdas,
        Levels = [20, 25, 30, 35, 40],
        Sensitivity = (20, 176),
        Spectrum = (8, 128),
        Manifold = (100, 160),
        Srgan = new(new SrResNetOptions { Blocks = 4, Width = 32 }, 500, 8, 48, 1e-4),
    };

    public static Preset Paper { get; } = new()
    {
        Name = "paper",
        Remark = "Networks and training as published (Lim et al. 2017, Ledig et al. 2017, Zhang et al. 2017). docs/reproduce.md describes "
            + "the choices where the MDF paper gives no details.",
        Training = Settings(
            edsr: new(ModelZoo.Options("edsr-x4"), 300_000, 16, 192, 1e-4),
            srResNet: new(ModelZoo.Options("srresnet-x4"), 1_000_000, 16, 96, 1e-4),
            dnCnn: new(ModelZoo.Options("dncnn-20-color"), 80_000, 128, 50, 1e-3)),
        TestImages = 100,
        SyntheticImages = 100,
        SyntheticSide = 512,
        Applications = AllApplications,
        AblationApplication = "edsr",
        Scales = PublishedScales,
        SeedImages = [1, 2, 3, 4, 5, 6, 8, 10],
        Discriminators = new(),
        Lambdas = PublishedLambdas,
        Levels = [20, 25, 30, 35, 40],
        Sensitivity = (100, 256),
        Spectrum = (20, 256),
        Manifold = (100, 256),
        Srgan = new(ModelZoo.Options("srresnet-x4"), 200_000, 16, 96, 1e-4),
    };

    /// <summary>The names of all presets.</summary>
    public static string[] Names { get; } = [Smoke.Name, Cpu.Name, Paper.Name];

    public static Preset Find(string name) => name switch
    {
        "smoke" => Smoke,
        "cpu" => Cpu,
        "paper" => Paper,
        _ => throw new ArgumentException($"There is no preset '{name}'; expected one of {string.Join(", ", Names)}."),
    };

    private static Dictionary<string, TrainingSettings> Settings(
        TrainingSettings edsr, TrainingSettings srResNet, TrainingSettings dnCnn) => new()
        {
            ["edsr"] = edsr,
            ["srresnet"] = srResNet,
            ["denoise"] = dnCnn with { Network = Denoising(dnCnn.Network) },
            ["jpeg"] = dnCnn,
            ["jpeg7"] = dnCnn,
        };

    // The published DnCNN for one noise level has three layers fewer than that for JPEG.
    private static RestorationOptions Denoising(RestorationOptions network) =>
        network is DnCnnOptions { Layers: 20 } published ? published with { Layers = 17 } : network;
}
