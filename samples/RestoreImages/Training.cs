using Mdf.Data;
using Mdf.Degradations;
using Mdf.Distributed;
using Mdf.Losses;
using Mdf.Models.Adversarial;
using Mdf.Models.Restoration;
using Mdf.Training;
using Mdf.Training.Restoration;
using Samples.Common;
using Spectre.Console;
using TorchSharp;
using static TorchSharp.torch;

namespace RestoreImages;

/// <summary>Trains a network, from reading the images to the report.</summary>
internal static class Training
{
    /// <summary>Runs the training and returns the process's exit code.</summary>
    public static int Run(TrainSettings settings, CancellationToken cancellation)
    {
        if (!settings.IsDistributed)
        {
            return Run(settings, ProcessGroup.Single, cancellation);
        }

        using IProcessGroup group = ProcessGroup.Mpi();
        try
        {
            return Run(settings, group, cancellation);
        }
        catch (TrainingDivergedException) when (group.Rank > 0)
        {
            // All processes know; the first one says it.
            return 1;
        }
        catch (Exception e) when (group.Size > 1 && e is not TrainingDivergedException)
        {
            group.Abort(Messages.Reason(e));
            throw;
        }
    }

    private static int Run(TrainSettings settings, IProcessGroup group, CancellationToken cancellation)
    {
        using var scope = NewDisposeScope();
        bool isFirst = group.Rank == 0;
        if (group.Size > 1)
        {
            AnsiConsole.Profile.Width = 1000; // launchers give the processes terminals of their own
        }

        Device device = CommandLine.UsableDevice(DeviceOf(settings.Device, group));
        SavedRestorationTraining? before = null;
        if (isFirst)
        {
            Files.RequireWritable(settings.Output);
            before = StateAsAsked(settings);
        }

        using RestorationNetwork network = ModelZoo.Create(settings.Network, settings.Options.Seed);
        if (settings.From is not null)
        {
            network.LoadWeights(Files.RequireFile(settings.From, "--from"), settings.Key);
            Networks.TellIgnored(network, settings.From);
        }

        bool isDegraded = settings.Pairs is null || (settings.Validation is not null && settings.ValidationPairs is null);
        Degradation? degradation = isDegraded ? NamedDegradations.Parse(settings.Degradation, network.Scale) : null;
        var folderOptions = new ImageFolderOptions { CacheFolder = settings.Cache };
        ImageFolder? images = settings.Pairs is null ? new ImageFolder(settings.Images, folderOptions) : null;
        ImageFolder? validation = settings.Validation is null || settings.ValidationPairs is not null
            ? null
            : new ImageFolder(settings.Validation, folderOptions);
        settings = settings with
        {
            Loss = [.. settings.Loss.Select(t => t with { Weights = t.Weights ?? NamedLosses.DefaultWeights(t.Name, degradation) })],
        };
        using Loss<Tensor, Tensor, Tensor> loss = NamedLosses.Create(settings.Loss, settings.LossPrecision);
        using LpipsLoss? lpips = Networks.Lpips(settings.Lpips && settings.Validation is not null, network);
        lpips?.to(device);
        RestorationTrainingOptions options = settings.Options with
        {
            Validation = new RestorationEvaluationOptions
            {
                MaximumCount = settings.ValidationCount,
                Lpips = lpips,
                Additional = settings.Metrics,
            },
        };
        var logger = new WarningLogger(warning => AnsiConsole.MarkupLineInterpolated($"[yellow]Warning:[/] {warning}"));
        var trainer = new RestorationTrainer(options, logger);
        if (isFirst)
        {
            string undone = degradation?.Description ?? "the degradation of pairs";
            string together = group.Size > 1 ? $" in {group.Size} processes" : "";
            AnsiConsole.MarkupLineInterpolated(
                $"Training {settings.Network} ({network.Options.ParameterCount:n0} parameters) to undo {undone}{together}.");
            AnsiConsole.MarkupLineInterpolated(
                $"Data: {images?.Count ?? settings.Pairs!.Count} images. Loss: {settings.LossDescription}.");
        }

        var metadata = new Dictionary<string, string> { ["loss"] = settings.LossDescription };
        using SrganDiscriminator? discriminator =
            settings.Adversarial ? new SrganDiscriminator(settings.Options.PatchSize, settings.Options.Seed) : null;
        var input = new RestorationTrainingInput
        {
            Network = network,
            Loss = loss,
            Images = images,
            Degradation = degradation,
            Pairs = settings.Pairs,
            Validation = validation,
            ValidationPairs = settings.ValidationPairs,
            OutputFolder = settings.Output,
            Metadata = metadata,
            Device = device,
            Group = group,
        };
        RestorationTrainingResult result;
        try
        {
            result = WithProgress(settings.Options, group, shown =>
            {
                IProgress<RestorationTrainingProgress>? progress = shown is null ? null : KeepingOptions(settings, shown);
                return discriminator is null
                    ? trainer.Train(input, progress, cancellation)
                    : trainer.TrainAdversarially(input, discriminator, progress, cancellation);
            });
        }
        catch (TrainingStateException e)
        {
            throw new InvalidOperationException(
                $"{Messages.FirstLine(e)} --from {settings.LastCheckpoint} starts a new training from its network.", e);
        }

        if (!isFirst)
        {
            return result.IsComplete ? 0 : 1;
        }

        if (before is { IsComplete: true } && before.Step == result.Step && result.IsComplete)
        {
            TellFinished(before, settings);
            return 0;
        }

        Report(result, settings);
        if (result.IsComplete)
        {
            return 0;
        }

        Console.Error.WriteLine(
            $"Stopped after {result.Step} of {settings.Options.Steps} steps. Run again with the same arguments and --resume to continue.");
        return 1;
    }

    // Each process of a machine has a GPU of its own; where Slurm shows it one only, that has number 0.
    private static string DeviceOf(string name, IProcessGroup group) =>
        name == "cuda" && group.Size > 1 && cuda.is_available() ? $"cuda:{group.LocalRank % cuda.device_count()}" : name;

    // The options are written once the first step has shown that they work.
    private static Reporter<RestorationTrainingProgress> KeepingOptions(
        TrainSettings settings, IProgress<RestorationTrainingProgress> shown)
    {
        bool isWritten = false;
        return new Reporter<RestorationTrainingProgress>(now =>
        {
            if (!isWritten)
            {
                string unfinished = settings.OptionsFile + ".tmp";
                File.WriteAllText(unfinished, settings.OptionsText);
                File.Move(unfinished, settings.OptionsFile, overwrite: true);
                isWritten = true;
            }

            shown.Report(now);
        });
    }

    private static SavedRestorationTraining? StateAsAsked(TrainSettings settings)
    {
        SavedRestorationTraining? saved = RestorationTrainer.FindSaved(settings.Output);
        return (saved, settings.Resume) switch
        {
            (null, true) => throw new InvalidOperationException(
                $"There is no run to resume in {settings.Output}. Start one without --resume, or name its folder by --output."),
            (not null, false) => throw new InvalidOperationException(
                $"{settings.Output} holds a training that has done {saved.Step} of {saved.Steps} steps. Continue it with --resume "
                + "(and a larger --steps, if it is finished), or choose another folder by --output; "
                + $"--from {settings.LastCheckpoint} starts a new training from its network."),
            _ => saved,
        };
    }

    private static string BestText(string metric, double value) =>
        metric == "psnr" ? FormattableString.Invariant($"PSNR {value:f2} dB") : FormattableString.Invariant($"{metric} {value:f4}");

    private static void TellFinished(SavedRestorationTraining saved, TrainSettings settings)
    {
        string best = saved.BestValue is { } value
            ? $", best validation {BestText(settings.Options.BestBy, value)} at step {saved.BestStep}"
            : "";
        AnsiConsole.MarkupLineInterpolated(
            $"The training in {settings.Output} is finished: {saved.Step} steps{best}. A larger --steps continues it.");
    }

    private static RestorationTrainingResult WithProgress(
        RestorationTrainingOptions options,
        IProcessGroup group,
        Func<IProgress<RestorationTrainingProgress>?, RestorationTrainingResult> train)
    {
        if (group.Rank > 0)
        {
            return train(null);
        }

        if (Console.IsOutputRedirected || group.Size > 1)
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

    private static void Report(RestorationTrainingResult result, TrainSettings settings)
    {
        if (result.Skipped.Count > 0)
        {
            AnsiConsole.MarkupLineInterpolated($"[yellow]Left out[/] {result.Skipped.Count} images, which are named above.");
        }

        if (result.Validation is { } scores)
        {
            string degraded = FormattableString.Invariant($"{scores.DegradedPsnr:f2} dB, SSIM {scores.DegradedSsim:f4}");
            AnsiConsole.MarkupLineInterpolated($"Validation: {degraded} -> [green]{scores.Psnr:f2} dB, SSIM {scores.Ssim:f4}[/].");
            string best = BestText(settings.Options.BestBy, result.BestValue!.Value);
            AnsiConsole.MarkupLineInterpolated($"Best validation: {best} at step {result.BestStep}.");
        }

        AnsiConsole.MarkupLineInterpolated($"Wrote checkpoints and log.csv to {settings.Output}.");
    }
}
