using Mdf.Imaging;
using Mdf.Metrics;
using Samples.Common;
using Spectre.Console;
using static TorchSharp.torch;

namespace Quickstart;

/// <summary>Reads, shows and measures the pictures of the demonstrations.</summary>
internal static class Pictures
{
    /// <summary>Returns the middle of the command line's image, or a synthetic image if none is given.</summary>
    public static Tensor Reference(Settings settings, string role)
    {
        if (settings.Image is null)
        {
            AnsiConsole.MarkupLineInterpolated(
                $"{role}: a synthetic image of dead leaves, {settings.Side} x {settings.Side}, seed {settings.Seed}.");
            return SyntheticImage.DeadLeaves(settings.Side, settings.Side, settings.Seed);
        }

        Tensor image = Files.ReadImage(settings.Image, "--image");
        long height = Math.Min(image.shape[2], settings.Side), width = Math.Min(image.shape[3], settings.Side);
        string size = $"{image.shape[3]} x {image.shape[2]}";
        AnsiConsole.MarkupLineInterpolated(
            $"{role}: the middle {width} x {height} pixels of {Path.GetFileName(settings.Image)} ({size}; a larger --side takes more).");
        return image.narrow(2, (image.shape[2] - height) / 2, height).narrow(3, (image.shape[3] - width) / 2, width).contiguous();
    }

    /// <summary>Joins images side by side with white gaps.</summary>
    public static Tensor Strip(params Tensor[] images)
    {
        const int Gap = 8;
        Tensor white = ones(1, 3, images[0].shape[2], Gap, device: images[0].device);
        return cat([.. images.SelectMany(i => new[] { white, i }).Skip(1)], dim: 3);
    }

    /// <summary>Returns the PSNR in decibels of an image whose values are clamped to [0, 1], as in a file.</summary>
    public static double Decibels(Tensor image, Tensor reference)
    {
        using var scope = NewDisposeScope();
        return Psnr.Measure(image.clamp(0, 1), reference).item<double>();
    }
}
