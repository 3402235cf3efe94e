using Mdf.Degradations;
using Mdf.Imaging;
using Mdf.Losses;
using static TorchSharp.torch;

namespace Reproduce;

/// <summary>An application of the paper's table: a restoration task and the network that performs it.</summary>
/// <param name="Key">Name on the command line.</param>
/// <param name="Title">Name in tables.</param>
/// <param name="PaperRow">Row of the paper's table; null for JPEG quality 7, which the paper shows only in pictures.</param>
/// <param name="Task">Restoration task, which determines the discriminators.</param>
/// <param name="Scale">Factor by which the network enlarges images.</param>
/// <param name="Degradation">Degradation of the test images.</param>
/// <param name="TrainingDegradation">Degradation of the training crops.</param>
internal sealed record Application(
    string Key, string Title, string? PaperRow, RestorationTask Task, int Scale, Degradation Degradation, Degradation TrainingDegradation)
{
    private const int Factor = 4;
    private const double NoiseStrength = 25;

    /// <summary>All applications, in the order of the paper's table.</summary>
    public static IReadOnlyList<Application> All { get; } =
    [
        SuperResolution("edsr", "Super-resolution x4, EDSR", "EDSR"),
        SuperResolution("srresnet", "Super-resolution x4, SRResNet", "SRResNet"),
        new(
            "denoise",
            "Denoising, DnCNN, noise 25",
            "Denoise",
            RestorationTask.Denoising,
            1,
            new GaussianNoise(NoiseStrength),
            new GaussianNoise(NoiseStrength)),
        JpegRemoval("jpeg", 10, "JPEG"),
        JpegRemoval("jpeg7", 7, null),
    ];

    /// <summary>Name of the packaged discriminators for the task.</summary>
    public string PackagedWeights => Task switch
    {
        RestorationTask.JpegRemoval => "jpeg.ckpt",
        RestorationTask.Denoising => "denoise.ckpt",
        _ => "sisr.ckpt",
    };

    /// <summary>Returns a degraded image as it is compared without a network: upscaled bicubically for super-resolution.</summary>
    public Tensor Unrestored(Tensor degraded) => Scale == 1 ? degraded.alias() : Resize.Bicubic(degraded, Scale);

    private static Application SuperResolution(string key, string title, string row) => new(
        key, title, row, RestorationTask.SuperResolution, Factor, new BicubicDownsampling(Factor), new BicubicDownsampling(Factor));

    // The random grid phase imitates crops of a compressed photograph, whose JPEG blocks rarely start at a crop's corner.
    private static Application JpegRemoval(string key, int quality, string? row) => new(
        key,
        $"JPEG removal, DnCNN, quality {quality}",
        row,
        RestorationTask.JpegRemoval,
        1,
        new JpegCompression(quality),
        new JpegCompression(quality) { RandomGridPhase = true });
}
