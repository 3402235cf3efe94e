using Mdf.Data;
using Mdf.Degradations;
using Mdf.Losses;
using Mdf.Models.Adversarial;
using Mdf.Models.Restoration;
using Mdf.Training.Restoration;
using Samples.Common;
using Spectre.Console;
using TorchSharp;
using static TorchSharp.torch;

namespace RestoreImages;

/// <summary>Trains a network, from reading the images to the report.</summary>
internal static class Training
{
    private const int MostListed = 10;

    /// <summary>Runs the training and returns the process's exit code.</summary>
    public static int Run(TrainSettings settings, CancellationToken cancellation)
    {
        using var scope = NewDisposeScope();
        Device device = CommandLine.UsableDevice(settings.Device);
        RequireStateAsAsked(settings);
        using RestorationNetwork network = ModelZoo.Create(settings.Network, settings.Options.Seed);
        if (settings.From is not null)
        {
            network.LoadWeights(settings.From);
        }

        Degradation degradation = NamedDegradations.Parse(settings.Degradation, network.Scale);
        var images = new ImageFolder(settings.Images);
        ImageFolder? validation = settings.Validation is null ? null : new ImageFolder(settings.Validation);
        settings = settings with { LossWeights = settings.LossWeights ?? NamedLosses.DefaultWeights(settings.Loss, degradation) };
        using Loss<Tensor, Tensor, Tensor> loss = NamedLosses.Create(settings.Loss, settings.LossWeights, settings.LossPrecision);
        using LpipsLoss? lpips = validation is null || network.Channels == 1 ? null : Networks.Lpips();
        lpips?.to(device);
        var trainer = new RestorationTrainer(settings.Options with
        {
            Validation = new RestorationEvaluationOptions { MaximumCount = settings.ValidationCount, Lpips = lpips },
        });
        AnsiConsole.MarkupLineInterpolated(
            $"Training {settings.Network} ({network.Options.ParameterCount:n0} parameters) to undo {degradation.Description}.");
        AnsiConsole.MarkupLineInterpolated($"Data: {images.Count} images. Loss: {settings.LossDescription}.");

        var metadata = new Dictionary<string, string> { ["loss"] = settings.LossDescription };
        using SrganDiscriminator? discriminator =
            settings.Adversarial ? new SrganDiscriminator(settings.Options.PatchSize, settings.Options.Seed) : null;
        var input = new RestorationTrainingInput
        {
            Network = network,
            Loss = loss,
            Images = images,
            Degradation = degradation,
            Validation = validation,
            OutputFolder = settings.Output,
            Metadata = metadata,
            Device = device,
        };
        RestorationTrainingResult result = WithProgress(settings.Options, progress => discriminator is null
            ? trainer.Train(input, progress, cancellation)
            : trainer.TrainAdversarially(input, discriminator, progress, cancellation));
        Report(result, settings.Output);
        if (result.IsComplete)
        {
            return 0;
        }

        Console.Error.WriteLine(
            $"Stopped after {result.Step} of {settings.Options.Steps} steps. Run again with the same arguments and --resume to continue.");
        return 1;
    }

    private static void RequireStateAsAsked(TrainSettings settings)
    {
        if (settings.Resume && !File.Exists(settings.StateFile))
        {
            throw new InvalidOperationException(
                $"There is no run to resume: {settings.StateFile} does not exist. Start one without --resume.");
        }

        if (!settings.Resume && File.Exists(settings.StateFile))
        {
            throw new InvalidOperationException(
                $"{settings.StateFile} is the state of an earlier run. Resume it with --resume, or delete the file to start afresh.");
        }
    }

    private static RestorationTrainingResult WithProgress(
        RestorationTrainingOptions options, Func<IProgress<RestorationTrainingProgress>, RestorationTrainingResult> train)
    {
        if (Console.IsOutputRedirected)
        {
            // A log file has no use for a progress bar.
            return train(new Reporter<RestorationTrainingProgress>(now =>
            {
                if (now.Step % options.LogInterval == 0 || now.Step == now.Steps)
                {
                    Console.WriteLine(
                        FormattableString.Invariant($"step {now.Step}/{now.Steps}: {Text(now)}; ")
                        + $"{Clock.Text(now.Elapsed)}, about {Clock.Text(now.Remaining)} left");
                }
            }));
        }

        return AnsiConsole.Progress()
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn())
            .Start(console =>
            {
                ProgressTask bar = console.AddTask("starting", maxValue: options.Steps);
                return train(new Reporter<RestorationTrainingProgress>(now =>
                {
                    bar.Value = now.Step;
                    bar.Description = FormattableString.Invariant($"{Text(now)}  {Clock.Text(now.Remaining)} left");
                }));
            });
    }

    private static string Text(RestorationTrainingProgress now) =>
        FormattableString.Invariant($"loss {now.Loss:g4}, rate {now.LearningRate:g3}, {now.ImagesPerSecond:f1} images/s")
        + (now.Validation is { } scores ? FormattableString.Invariant($", validation {scores.Psnr:f2} dB, SSIM {scores.Ssim:f4}") : "");

    private static void Report(RestorationTrainingResult result, string output)
    {
        foreach (SkippedImage skipped in result.Skipped.Take(MostListed))
        {
            AnsiConsole.MarkupLineInterpolated($"[yellow]Left out[/] {skipped.Name}: {skipped.Reason}");
        }

        if (result.Skipped.Count > MostListed)
        {
            AnsiConsole.MarkupLineInterpolated($"[yellow]Left out[/] {result.Skipped.Count} images in total.");
        }

        if (result.Validation is { } scores)
        {
            string degraded = FormattableString.Invariant($"{scores.DegradedPsnr:f2} dB, SSIM {scores.DegradedSsim:f4}");
            AnsiConsole.MarkupLineInterpolated($"Validation: {degraded} -> [green]{scores.Psnr:f2} dB, SSIM {scores.Ssim:f4}[/].");
            AnsiConsole.MarkupLineInterpolated($"The best PSNR was {result.BestPsnr:f2} dB at step {result.BestStep}.");
        }

        AnsiConsole.MarkupLineInterpolated($"Wrote checkpoints and log.csv to {output}.");
    }
}
