using System.Diagnostics;
using Mdf.Imaging;
using Mdf.Losses;
using Mdf.Metrics;
using Mdf.Models.Adversarial;
using Samples.Common;
using Spectre.Console;
using TorchSharp;
using static TorchSharp.torch;

namespace Quickstart;

/// <summary>The run from reading the reference to writing the pictures.</summary>
internal static class Demonstration
{
    private const int StepsBetweenSaves = 50;

    /// <summary>Runs, and gives the process's exit code.</summary>
    public static int Run(Settings settings, CancellationToken cancellation)
    {
        using var scope = NewDisposeScope();
        Device device = CommandLine.UsableDevice(settings.Device);
        Tensor reference = Reference(settings).to(device);
        using MdfLoss loss = Loss(settings);
        loss.to(device);
        using var optimization = new PixelOptimization(loss, reference, settings.Seed);
        Tensor start = optimization.Image.clone();
        if (settings.Resume)
        {
            optimization.Restore(settings.StateFile, settings.Identity);
        }

        Directory.CreateDirectory(settings.Output);
        var watch = Stopwatch.StartNew();
        Optimise(optimization, reference, settings, cancellation);
        Report(optimization, start, reference, settings, watch.Elapsed);
        if (optimization.Step >= settings.Steps)
        {
            return 0;
        }

        Console.Error.WriteLine("Stopped. Go on with the same arguments and --resume.");
        return 1;
    }

    private static Tensor Reference(Settings settings)
    {
        if (settings.Image is null)
        {
            AnsiConsole.MarkupLineInterpolated($"Reference: a synthetic image of dead leaves, {settings.Side} x {settings.Side}, seed {settings.Seed}.");
            return SyntheticImage.DeadLeaves(settings.Side, settings.Side, settings.Seed);
        }

        Tensor image = ImageFile.Read(settings.Image);
        long height = Math.Min(image.shape[2], settings.Side), width = Math.Min(image.shape[3], settings.Side);
        AnsiConsole.MarkupLineInterpolated($"Reference: the middle {width} x {height} pixels of {Path.GetFileName(settings.Image)} ({image.shape[3]} x {image.shape[2]}; --side takes more).");
        return image.narrow(2, (image.shape[2] - height) / 2, height).narrow(3, (image.shape[3] - width) / 2, width).contiguous();
    }

    private static MdfLoss Loss(Settings settings)
    {
        if (settings.Weights is not null)
        {
            var loss = new MdfLoss(settings.Weights);
            AnsiConsole.MarkupLineInterpolated($"Loss: MDF with the {loss.ScaleCount} discriminators of {Path.GetFileName(settings.Weights)}.");
            return loss;
        }

        AnsiConsole.MarkupLineInterpolated($"Loss: MDF with [yellow]untrained[/] discriminators, seed {settings.Seed}: this shows that the loss drives an optimisation, not what training adds. Give trained ones by --weights.");
        using var untrained = DiscriminatorPyramid.CreateUntrained(settings.Seed);
        return new MdfLoss(untrained);
    }

    private static void Optimise(PixelOptimization optimization, Tensor reference, Settings settings, CancellationToken cancellation) =>
        AnsiConsole.Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .Start(progress =>
            {
                ProgressTask task = progress.AddTask("starting", maxValue: settings.Steps);
                task.Value = optimization.Step;
                while (optimization.Step < settings.Steps && !cancellation.IsCancellationRequested)
                {
                    double value = optimization.Advance();
                    task.Description = $"loss {value,10:g4}   PSNR {Decibels(optimization.Image, reference),5:f2} dB";
                    task.Increment(1);
                    if (optimization.Step % StepsBetweenSaves == 0)
                    {
                        optimization.Save(settings.StateFile, settings.Identity);
                    }
                }

                optimization.Save(settings.StateFile, settings.Identity);
            });

    private static void Report(PixelOptimization optimization, Tensor start, Tensor reference, Settings settings, TimeSpan time)
    {
        using var scope = NewDisposeScope();
        var pictures = new (string Name, Tensor Image)[]
        {
            ("before.png", start),
            ("after.png", optimization.Image),
            ("reference.png", reference),
            ("strip.png", Strip(start, optimization.Image, reference)),
        };
        foreach ((string name, Tensor image) in pictures)
        {
            ImageFile.Write(Path.Combine(settings.Output, name), image);
        }

        AnsiConsole.MarkupLineInterpolated($"PSNR {Decibels(start, reference):f2} dB -> [green]{Decibels(optimization.Image, reference):f2} dB[/] after {optimization.Step} of {settings.Steps} steps, {time.TotalSeconds:f1} s on {settings.Device}.");
        AnsiConsole.MarkupLineInterpolated($"Wrote {string.Join(", ", pictures.Select(p => p.Name))} to {settings.Output}.");
    }

    // Side by side on white.
    private static Tensor Strip(params Tensor[] images)
    {
        const int Gap = 8;
        Tensor white = ones(1, 3, images[0].shape[2], Gap, device: images[0].device);
        return cat([.. images.SelectMany(i => new[] { white, i }).Skip(1)], dim: 3);
    }

    // Of values clamped as a file would have them.
    private static double Decibels(Tensor image, Tensor reference)
    {
        using var scope = NewDisposeScope();
        return Psnr.Measure(image.clamp(0, 1), reference).item<double>();
    }
}
