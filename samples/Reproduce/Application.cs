using Mdf.Degradations;
using Mdf.Imaging;
using Mdf.Losses;
using static TorchSharp.torch;

namespace Reproduce;

/// <summary>A row of the paper's table: a task and the network that does it.</summary>
/// <param name="Key">Its name on the command line.</param>
/// <param name="Title">Its name in tables.</param>
/// <param name="PaperRow">Its rows in the paper's table, or null: quality 7 is shown there by pictures only.</param>
/// <param name="Task">The task, which decides the discriminators.</param>
/// <param name="Scale">How many times larger the network makes images.</param>
/// <param name="Degradation">What spoils test images.</param>
/// <param name="TrainingDegradation">What spoils crops to train on.</param>
internal sealed record Application(
    string Key, string Title, string? PaperRow, RestorationTask Task, int Scale, Degradation Degradation, Degradation TrainingDegradation)
{
    private const int Factor = 4;
    private const double NoiseStrength = 25;

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Application> All { get; } =
    [
        SuperResolution("edsr", "Super-resolution x4, EDSR", "EDSR"),
        SuperResolution("srresnet", "Super-resolution x4, SRResNet", "SRResNet"),
        new("denoise", "Denoising, DnCNN, noise 25", "Denoise", RestorationTask.Denoising, 1, new GaussianNoise(NoiseStrength), new GaussianNoise(NoiseStrength)),
        JpegRemoval("jpeg", 10, "JPEG"),
        JpegRemoval("jpeg7", 7, null),
    ];

    /// <summary>The name of the packaged discriminators for it.</summary>
    public string PackagedWeights => Task switch
    {
        RestorationTask.JpegRemoval => "jpeg.ckpt",
        RestorationTask.Denoising => "denoise.ckpt",
        _ => "sisr.ckpt",
    };

    /// <summary>What its test images look like before any network: enlarged by the bicubic kernel for super-resolution.</summary>
    public Tensor Unrestored(Tensor degraded) => Scale == 1 ? degraded.alias() : Resize.Bicubic(degraded, Scale);

    private static Application SuperResolution(string key, string title, string row) => new(
        key, title, row, RestorationTask.SuperResolution, Factor, new BicubicDownsampling(Factor), new BicubicDownsampling(Factor));

    // The blocks of a photograph do not begin where a crop does.
    private static Application JpegRemoval(string key, int quality, string? row) => new(
        key, $"JPEG removal, DnCNN, quality {quality}", row, RestorationTask.JpegRemoval, 1, new JpegCompression(quality), new JpegCompression(quality) { RandomGridPhase = true });
}
