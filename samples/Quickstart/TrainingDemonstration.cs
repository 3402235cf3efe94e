using System.Diagnostics;
using Mdf.Data;
using Mdf.Degradations;
using Mdf.Imaging;
using Mdf.Losses;
using Mdf.Models.Restoration;
using Mdf.Training.Restoration;
using Samples.Common;
using Spectre.Console;
using TorchSharp;
using static TorchSharp.torch;

namespace Quickstart;

/// <summary>Trains a small DnCNN to remove JPEG artefacts and applies it to an image that was not used for training.</summary>
internal static class TrainingDemonstration
{
    private const int Quality = 10;
    private const int SyntheticCount = 16;
    private const int SyntheticSide = 128;

    /// <summary>Runs the demonstration and returns the process's exit code.</summary>
    public static int Run(Settings settings, CancellationToken cancellation)
    {
        using var scope = NewDisposeScope();
        Device device = CommandLine.UsableDevice(settings.Device);
        Tensor reference = Pictures.Reference(settings, "Held out");
        IImageSource images = Images(settings);
        var compression = new JpegCompression(Quality);
        using var loss = new MdfLoss(settings.Weights ?? "jpeg.ckpt");
        using DnCnn network = Network(settings.Seed);
        AnsiConsole.MarkupLineInterpolated($"Training: a DnCNN of {network.Options.ParameterCount:n0} parameters with the MDF loss.");
        AnsiConsole.MarkupLineInterpolated($"Training: on {images.Description}, to undo {compression.Description}.");
        Prepare(settings);
        var watch = Stopwatch.StartNew();
        RestorationTrainingResult result = Train(network, loss, images, compression, settings, device, cancellation);
        network.to(CPU);
        Report(network, compression.Apply(reference, new Random(settings.Seed)), reference, settings, result, watch.Elapsed);
        if (result.IsComplete)
        {
            return 0;
        }

        Console.Error.WriteLine("Stopped. Run again with the same arguments and --resume to continue.");
        return 1;
    }

    private static IImageSource Images(Settings settings) => settings.Images is not null
        ? new ImageFolder(settings.Images)
        : new ImageList(
            Enumerable.Range(1, SyntheticCount).Select(i => SyntheticImage.DeadLeaves(SyntheticSide, SyntheticSide, settings.Seed + i)),
            $"{SyntheticCount} synthetic images of dead leaves");

    private static DnCnn Network(int seed)
    {
        var network = new DnCnn(new DnCnnOptions { Layers = 7, Width = 32, Normalization = false, Biases = true }, seed);

        // Zeroing the last layer makes the network start as the identity, which pays off in a training of a minute.
        using var noGradient = no_grad();
        foreach (Tensor weight in network.parameters().TakeLast(2))
        {
            weight.zero_();
        }

        return network;
    }

    private static void Prepare(Settings settings)
    {
        Files.RequireWritable(settings.Output);
        SavedRestorationTraining? saved = RestorationTrainer.FindSaved(settings.Output);
        if (settings.Resume && saved is null)
        {
            throw new InvalidOperationException(
                $"There is no run to resume in {settings.Output}. Start one without --resume, or name its folder by --output.");
        }

        if (saved is { IsComplete: true } && settings.Resume)
        {
            AnsiConsole.MarkupLineInterpolated(
                $"Training: finished before, with {saved.Step} steps; a larger --steps continues it.");
        }

        if (saved is not null && !settings.Resume)
        {
            File.Delete(settings.StateFile);
        }
    }

    private static RestorationTrainingResult Train(
        DnCnn network,
        MdfLoss loss,
        IImageSource images,
        JpegCompression compression,
        Settings settings,
        Device device,
        CancellationToken cancellation)
    {
        var trainer = new RestorationTrainer(new RestorationTrainingOptions
        {
            Steps = settings.Steps,
            BatchSize = 4,
            PatchSize = 48,
            LearningRate = 1e-3,
            Schedule = LearningRateSchedule.Cosine(),
            LogInterval = 10,
            SaveInterval = 50,
            Seed = settings.Seed,
        });
        var metadata = new Dictionary<string, string>
        {
            ["loss"] = $"MDF, {Path.GetFileName(settings.Weights) ?? "packaged weights for JPEG"}",
        };
        return AnsiConsole.Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn())
            .Start(console =>
            {
                ProgressTask bar = console.AddTask("starting", maxValue: settings.Steps);
                var progress = new Reporter<RestorationTrainingProgress>(now =>
                {
                    bar.Value = now.Step;
                    bar.Description = FormattableString.Invariant($"loss {now.Loss,10:g4}   {Clock.Text(now.Remaining)} left");
                });
                return trainer.Train(
                    new RestorationTrainingInput
                    {
                        Network = network,
                        Loss = loss,
                        Images = images,
                        Degradation = compression,
                        OutputFolder = settings.Output,
                        Metadata = metadata,
                        Device = device,
                    },
                    progress,
                    cancellation);
            });
    }

    private static void Report(
        RestorationNetwork network, Tensor compressed, Tensor reference, Settings settings, RestorationTrainingResult result, TimeSpan time)
    {
        Tensor restored = TiledInference.Restore(network, compressed);
        var pictures = new (string Name, Tensor Image)[]
        {
            ("compressed.png", compressed),
            ("restored.png", restored),
            ("reference.png", reference),
            ("strip.png", Pictures.Strip(compressed, restored, reference)),
        };
        foreach ((string name, Tensor image) in pictures)
        {
            ImageFile.Write(Path.Combine(settings.Output, name), image);
        }

        double before = Pictures.Decibels(compressed, reference), after = Pictures.Decibels(restored, reference);
        string steps = $"{result.Step} of {settings.Steps} steps", cost = FormattableString.Invariant($"{time.TotalSeconds:f1} s");
        AnsiConsole.MarkupLineInterpolated(
            $"PSNR {before:f2} dB -> [green]{after:f2} dB[/] on the image held out, after {steps}, {cost} on {settings.Device}.");
        if (after < before)
        {
            AnsiConsole.MarkupLine("The network is [yellow]worse[/] than its input by PSNR; it needs more --steps.");
        }

        AnsiConsole.MarkupLineInterpolated(
            $"Wrote {string.Join(", ", pictures.Select(p => p.Name))}, last.ckpt and log.csv to {settings.Output}.");
    }
}
