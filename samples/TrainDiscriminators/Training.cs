using System.Diagnostics;
using Mdf.Data;
using Mdf.Imaging;
using Mdf.Training.Discriminators;
using Samples.Common;
using Spectre.Console;
using static TorchSharp.torch;

namespace TrainDiscriminators;

/// <summary>Trains discriminators, from reading the images to writing the checkpoint.</summary>
internal static class Training
{
    private const int SyntheticWidth = 64;
    private const int SyntheticHeight = 48;

    /// <summary>Runs the training and returns the process's exit code.</summary>
    public static int Run(Settings settings, CancellationToken cancellation)
    {
        using var scope = NewDisposeScope();
        Device device = CommandLine.UsableDevice(settings.Device);
        var warnings = new List<string>(); // written afterwards: they would break up the progress bars
        var trainer = new DiscriminatorTrainer(settings.Options, new WarningLogger(warnings.Add));
        SeedImage[] images = Images(settings);
        Files.RequireWritable(settings.Output);
        RequireStateAsAsked(settings);
        var watch = Stopwatch.StartNew();
        int iterations = 0;
        using DiscriminatorTrainingResult result = Train(trainer, images, settings, device, () => iterations++, cancellation);
        warnings.ForEach(warning => Console.Error.WriteLine($"Warning: {warning}"));
        if (!result.IsComplete)
        {
            Console.Error.WriteLine(
                $"Stopped after {result.Samples.Count} finished scales. Run again with the same arguments and --resume to continue.");
            return 1;
        }

        if (settings.Resume && iterations == 0)
        {
            int scales = result.Samples.Count;
            AnsiConsole.MarkupLineInterpolated(
                $"This training is finished: {scales} scales. Its --iterations cannot be raised; another --output starts anew.");
        }

        result.Discriminators!.Save(settings.CheckpointFile);
        using Tensor sheet = ContactSheet.Of(result.Samples);
        ImageFile.Write(settings.ContactSheetFile, sheet);
        AnsiConsole.MarkupLineInterpolated($"Wrote {settings.CheckpointFile} after {Clock.Text(watch.Elapsed)}.");
        AnsiConsole.MarkupLineInterpolated(
            $"Wrote {Path.GetFileName(settings.ContactSheetFile)}: seed image, generator's input and generated image of each scale.");
        return 0;
    }

    private static SeedImage[] Images(Settings settings)
    {
        if (settings.Folder is { } folder)
        {
            return settings.Images.Count == 0
                ? [.. SeedCrops.Draw(new ImageFolder(folder), settings.Crops, settings.Side, settings.Seed)]
                : throw new ArgumentException("--image and --folder are both given; expected one of them.");
        }

        if (settings.Images.Count > 0)
        {
            return [.. settings.Images.Select(i => Photograph(i, settings.Side))];
        }

        AnsiConsole.MarkupLine("Seed image: a [yellow]synthetic[/] image of dead leaves, to demonstrate the training.");
        AnsiConsole.MarkupLine("For a useful loss, give a photograph with --image.");
        return [new SeedImage("synthetic dead leaves", SyntheticImage.DeadLeaves(SyntheticWidth, SyntheticHeight, seed: 1))];
    }

    private static SeedImage Photograph(string path, int side)
    {
        Tensor pixels = Files.ReadImage(path, "--image");
        if (Math.Max(pixels.shape[2], pixels.shape[3]) < side)
        {
            AnsiConsole.MarkupLineInterpolated(
                $"{Path.GetFileName(path)} is smaller than --side {side}; it is used at its size, {pixels.shape[3]} x {pixels.shape[2]}.");
        }

        return new SeedImage(Path.GetFileName(path), pixels);
    }

    private static void RequireStateAsAsked(Settings settings)
    {
        (int finished, int iterations) = DiscriminatorTrainer.FindSaved(settings.StateFile);
        bool isThere = finished + iterations > 0;
        if (settings.Resume && !isThere)
        {
            throw new InvalidOperationException(
                $"There is no run to resume in {settings.Output} for --task {settings.Task}. Start one without --resume, or name its "
                + "folder by --output.");
        }

        if (!settings.Resume && isThere)
        {
            throw new InvalidOperationException(
                $"{settings.StateFile} is the state of an earlier run with {finished} finished scales. Continue it with --resume, or "
                + "choose another folder by --output.");
        }
    }

    private static DiscriminatorTrainingResult Train(
        DiscriminatorTrainer trainer, SeedImage[] images, Settings settings, Device device, Action count, CancellationToken cancellation)
    {
        TrainingDistortion distortion = TrainingDistortion.ForTask(Settings.Tasks[settings.Task]);
        var report = new Reporter<DiscriminatorTrainingProgress>(now =>
        {
            count();
            ReportLine(now);
        });
        if (Console.IsOutputRedirected)
        {
            return trainer.Train(images, distortion, settings.StateFile, device, report, cancellation);
        }

        return AnsiConsole.Progress()
            .Columns(
                new TaskDescriptionColumn { Alignment = Justify.Left },
                new ProgressBarColumn(),
                new PercentageColumn(),
                new RemainingTimeColumn())
            .Start(console =>
            {
                var bars = new ProgressBars(console);
                var shown = new Reporter<DiscriminatorTrainingProgress>(now =>
                {
                    count();
                    bars.Show(now);
                });
                return trainer.Train(images, distortion, settings.StateFile, device, shown, cancellation);
            });
    }

    // A log file has no use for progress bars.
    private static void ReportLine(DiscriminatorTrainingProgress now)
    {
        if (now.Iteration % 50 == 0 || now.Iteration == now.Iterations)
        {
            Console.WriteLine(
                FormattableString.Invariant($"scale {now.Scale + 1}/{now.ScaleCount} ({now.Width}x{now.Height}) ")
                + FormattableString.Invariant($"iteration {now.Iteration}/{now.Iterations}: W {now.WassersteinEstimate:g3}, ")
                + FormattableString.Invariant($"real {now.RealScore:g3}, fake {now.FakeScore:g3}, ")
                + FormattableString.Invariant($"penalty {now.GradientPenalty:g3}, error {now.ReconstructionError:g3}; ")
                + $"{Clock.Text(now.Elapsed)}, about {Clock.Text(now.Remaining)} left");
        }
    }
}
