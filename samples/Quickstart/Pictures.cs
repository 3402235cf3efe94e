using Mdf.Imaging;
using Mdf.Metrics;
using Spectre.Console;
using static TorchSharp.torch;

namespace Quickstart;

/// <summary>The picture that is worked on, and how it is shown and measured.</summary>
internal static class Pictures
{
    /// <summary>The middle of the image that the command line names, or a synthetic one.</summary>
    public static Tensor Reference(Settings settings, string role)
    {
        if (settings.Image is null)
        {
            AnsiConsole.MarkupLineInterpolated($"{role}: a synthetic image of dead leaves, {settings.Side} x {settings.Side}, seed {settings.Seed}.");
            return SyntheticImage.DeadLeaves(settings.Side, settings.Side, settings.Seed);
        }

        Tensor image = ImageFile.Read(settings.Image);
        long height = Math.Min(image.shape[2], settings.Side), width = Math.Min(image.shape[3], settings.Side);
        AnsiConsole.MarkupLineInterpolated($"{role}: the middle {width} x {height} pixels of {Path.GetFileName(settings.Image)} ({image.shape[3]} x {image.shape[2]}; --side takes more).");
        return image.narrow(2, (image.shape[2] - height) / 2, height).narrow(3, (image.shape[3] - width) / 2, width).contiguous();
    }

    /// <summary>Images side by side on white.</summary>
    public static Tensor Strip(params Tensor[] images)
    {
        const int Gap = 8;
        Tensor white = ones(1, 3, images[0].shape[2], Gap, device: images[0].device);
        return cat([.. images.SelectMany(i => new[] { white, i }).Skip(1)], dim: 3);
    }

    /// <summary>The PSNR of values clamped as a file would have them.</summary>
    public static double Decibels(Tensor image, Tensor reference)
    {
        using var scope = NewDisposeScope();
        return Psnr.Measure(image.clamp(0, 1), reference).item<double>();
    }
}
