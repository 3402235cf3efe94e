using System.Diagnostics;
using Mdf.Imaging;
using Mdf.Losses;
using Mdf.Models.Adversarial;
using Samples.Common;
using Spectre.Console;
using TorchSharp;
using static TorchSharp.torch;

namespace Quickstart;

/// <summary>Optimises the pixels of an image, from reading the reference to writing the pictures.</summary>
internal static class PixelDemonstration
{
    private const int StepsBetweenSaves = 50;

    /// <summary>Runs the demonstration and returns the process's exit code.</summary>
    public static int Run(Settings settings, CancellationToken cancellation)
    {
        using var scope = NewDisposeScope();
        Device device = CommandLine.UsableDevice(settings.Device);
        Tensor reference = Pictures.Reference(settings, "Reference").to(device);
        using MdfLoss loss = Loss(settings);
        loss.to(device);
        using var optimization = new PixelOptimization(loss, reference, settings.Seed);
        Tensor start = optimization.Image.clone();
        if (settings.Resume)
        {
            optimization.Restore(settings.StateFile, settings.Identity);
        }

        Files.RequireWritable(settings.Output);
        Directory.CreateDirectory(settings.Output);
        var watch = Stopwatch.StartNew();
        Optimise(optimization, reference, settings, cancellation);
        Report(optimization, start, reference, settings, watch.Elapsed);
        if (optimization.Step >= settings.Steps)
        {
            return 0;
        }

        Console.Error.WriteLine("Stopped. Run again with the same arguments and --resume to continue.");
        return 1;
    }

    private static MdfLoss Loss(Settings settings)
    {
        if (settings.Weights is not null)
        {
            var loss = new MdfLoss(settings.Weights);
            AnsiConsole.MarkupLineInterpolated(
                $"Loss: MDF with the {loss.ScaleCount} discriminators of {Path.GetFileName(settings.Weights)}.");
            return loss;
        }

        AnsiConsole.MarkupLineInterpolated($"Loss: MDF with [yellow]untrained[/] discriminators, seed {settings.Seed}.");
        AnsiConsole.MarkupLine(
            "Loss: this run demonstrates an optimisation, not the benefit of training; --weights selects trained discriminators.");
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
                    task.Description = $"loss {value,10:g4}   PSNR {Pictures.Decibels(optimization.Image, reference),5:f2} dB";
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
            ("strip.png", Pictures.Strip(start, optimization.Image, reference)),
        };
        foreach ((string name, Tensor image) in pictures)
        {
            ImageFile.Write(Path.Combine(settings.Output, name), image);
        }

        double before = Pictures.Decibels(start, reference), after = Pictures.Decibels(optimization.Image, reference);
        string cost = FormattableString.Invariant($"{time.TotalSeconds:f1} s on {settings.Device}");
        AnsiConsole.MarkupLineInterpolated(
            $"PSNR {before:f2} dB -> [green]{after:f2} dB[/] after {optimization.Step} of {settings.Steps} steps, {cost}.");
        AnsiConsole.MarkupLineInterpolated($"Wrote {string.Join(", ", pictures.Select(p => p.Name))} to {settings.Output}.");
    }
}
