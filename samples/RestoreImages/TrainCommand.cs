using System.CommandLine;
using System.Globalization;
using Mdf.Losses;
using Mdf.Models.Restoration;
using Mdf.Training.Restoration;
using Samples.Common;

namespace RestoreImages;

/// <summary>The command that trains a network.</summary>
internal static class TrainCommand
{
    private const string Mpi = "mpi";

    public static Command Create()
    {
        var defaults = new RestorationTrainingOptions();
        var images = new Option<DirectoryInfo>("--images")
        {
            Description = "Folder of training images, including its subfolders.",
            Required = true,
        };
        var validation = new Option<DirectoryInfo?>("--validation") { Description = "Folder of validation images." };
        var validationCount = new Option<int?>("--validation-count") { Description = "Maximum number of validation images. Default: all." };
        var network = new Option<string>("--network")
        {
            Description = "Name of the network; see 'networks'.",
            DefaultValueFactory = _ => "dncnn-17-color",
        };
        network.AcceptOnlyFromAmong([.. ModelZoo.Names]);
        var from = new Option<FileInfo?>("--from")
        {
            Description = "Initial weights, from this library or another project. Default: random weights.",
        };
        Option<string?> key = Networks.KeyOption("--from");
        var degradation = new Option<string?>("--degradation") { Description = NamedDegradations.Help };
        var loss = new Option<string>("--loss")
        {
            Description = "Name of the loss (see 'losses'), or a sum such as \"l2 + 0.1*mdf(jpeg)\", with weights in parentheses.",
            DefaultValueFactory = _ => "mdf",
        };
        var lossWeights = new Option<string?>("--loss-weights")
        {
            Description = "Weights of the loss. For mdf: discriminators, a file or the name of packaged ones (default: those for the "
                + "degradation). For vgg and lpips: a pretrained network.",
        };
        Option<MdfPrecision> lossPrecision = CommandLine.PrecisionOption("--loss-precision");
        var steps = new Option<int>("--steps")
        {
            Description = "Total number of steps. With --resume, more than before extend a training.",
            DefaultValueFactory = _ => defaults.Steps,
        };
        var batch = new Option<int>("--batch")
        {
            Description = "Number of patches per step.",
            DefaultValueFactory = _ => defaults.BatchSize,
        };
        var batchParts = new Option<int>("--batch-parts")
        {
            Description = "Number of parts of a batch, whose gradients are averaged: less memory for the step of a whole batch.",
            DefaultValueFactory = _ => defaults.BatchParts,
        };
        var patch = new Option<int>("--patch")
        {
            Description = "Side of the reference patches in pixels.",
            DefaultValueFactory = _ => defaults.PatchSize,
        };
        var contrast = new Option<double>("--min-contrast")
        {
            Description = "Smallest standard deviation of a patch, such as 0.02 to avoid flat regions.",
            DefaultValueFactory = _ => defaults.MinimumContrast,
        };
        var stages = new Option<string[]>("--stages")
        {
            Description = "Other patch and batch sizes from certain steps on: STEP:PATCHxBATCH, such as 5000:128x8 8000:192x4.",
            AllowMultipleArgumentsPerToken = true,
        };
        var freeze = new Option<string[]>("--freeze")
        {
            Description = "Weights that are not trained: names in the checkpoint or their beginnings, such as head.",
            AllowMultipleArgumentsPerToken = true,
        };
        var precision = new Option<RestorationPrecision>("--precision")
        {
            Description = "Type of the network's forward and backward pass: Full, BFloat16 or Float16 (for GPUs).",
            DefaultValueFactory = _ => defaults.Precision,
        };
        precision.AcceptOnlyFromAmong(Enum.GetNames<RestorationPrecision>());
        var rate = new Option<double>("--rate")
        {
            Description = "Initial learning rate.",
            DefaultValueFactory = _ => defaults.LearningRate,
        };
        var schedule = new Option<string>("--schedule")
        {
            Description = NamedSchedules.Help,
            DefaultValueFactory = _ => "constant",
        };
        var warmUp = new Option<int?>("--warm-up")
        {
            Description = "Number of first steps in which the learning rate rises. Default: none.",
        };
        var weightDecay = new Option<double>("--weight-decay")
        {
            Description = "Decoupled weight decay, as AdamW does.",
            DefaultValueFactory = _ => defaults.WeightDecay,
        };
        var ema = new Option<double?>("--ema")
        {
            Description = "Decay of an exponential moving average of the weights, such as 0.999. Default: no average.",
        };
        var clip = new Option<double?>("--clip") { Description = "Maximum norm of the gradient. Default: no limit." };
        var clipValue = new Option<double?>("--clip-value")
        {
            Description = "Largest magnitude of a gradient's elements. Default: no limit.",
        };
        var adversarial = new Option<bool>("--adversarial")
        {
            Description = "Train against a discriminator, as SRGAN does; start from a trained network (--from).",
        };
        var adversarialWeight = new Option<double>("--adversarial-weight")
        {
            Description = "Weight of the adversarial loss.",
            DefaultValueFactory = _ => defaults.AdversarialWeight,
        };
        Option<string[]> metrics = Networks.MetricsOption();
        var bestBy = new Option<string>("--best-by")
        {
            Description = "Metric whose best validation is kept as best.ckpt: psnr, ssim, lpips or one of --metrics.",
            DefaultValueFactory = _ => defaults.BestBy,
        };
        var validationInterval = new Option<int>("--validation-interval")
        {
            Description = "Number of steps between two validations.",
            DefaultValueFactory = _ => defaults.ValidationInterval,
        };
        var saveInterval = new Option<int>("--save-interval")
        {
            Description = "Number of steps between two saves of the training state.",
            DefaultValueFactory = _ => defaults.SaveInterval,
        };
        var logInterval = new Option<int>("--log-interval")
        {
            Description = "Number of steps between two lines of the log.",
            DefaultValueFactory = _ => defaults.LogInterval,
        };
        var seed = new Option<long>("--seed") { Description = "Seeds all random choices.", DefaultValueFactory = _ => defaults.Seed };
        var tensorBoard = new Option<bool>("--tensorboard") { Description = "Also write the log for TensorBoard." };
        var patches = new Option<int>("--patches")
        {
            Description = "Number of validation images whose middle is written at each validation, for the page of plot.",
        };
        var workers = new Option<int?>("--workers")
        {
            Description = "Number of background threads that prepare batches. Default: none on the CPU; on a GPU half the processors, at "
                + "most 4.",
        };
        Option<string> device = CommandLine.DeviceOption();
        var distributed = new Option<string?>("--distributed")
        {
            Description = "mpi: the processes that mpirun or srun started train one network together; each takes a share of each batch "
                + "(docs/scale-out.md). Default: this process alone.",
        };
        distributed.AcceptOnlyFromAmong(Mpi);
        var perceptual = new Option<bool>("--lpips")
        {
            Description = "Validate by LPIPS too, whose network must be downloaded once (docs/weights.md).",
        };
        var uncheckedImages = new Option<bool>("--no-check")
        {
            Description = "Begin without decoding every training image once to find those that cannot be used.",
        };
        var cache = new Option<DirectoryInfo?>("--cache")
        {
            Description = "Folder that keeps decoded images as raw pixels, for sets larger than memory. Default: none.",
        };
        var pairs = new DataOptions("--", "--images");
        var validationPairs = new DataOptions("--validation-", "--validation");
        Option<string?> optionsFile = OptionsFile.Option();
        var output = new Option<DirectoryInfo>("--output")
        {
            Description = "Folder for checkpoints, log and training state.",
            DefaultValueFactory = _ => new DirectoryInfo("output/restoration"),
        };
        var resume = new Option<bool>("--resume")
        {
            Description = "Resume an earlier run in the same folder: one that was stopped, or a finished one with a larger --steps.",
        };
        foreach (Option<int> number in new[] { steps, batch, batchParts, validationInterval, saveInterval, logInterval })
        {
            number.MustBeAtLeast(1);
        }

        validationCount.MustBeAtLeast(1);
        warmUp.MustBeAtLeast(1);

        var command = new Command("train", "Trains a network to undo a degradation.")
        {
            images, validation, validationCount, network, from, key, degradation, loss, lossWeights, lossPrecision, steps, batch,
            batchParts, patch, contrast, stages, freeze, precision, rate, schedule, warmUp, weightDecay, ema, clip, clipValue, adversarial,
            adversarialWeight, perceptual, metrics, bestBy, validationInterval, saveInterval, logInterval, seed, tensorBoard,
            patches, workers, uncheckedImages, cache, device, distributed, output, resume, optionsFile,
        };
        pairs.AddTo(command);
        validationPairs.AddTo(command);
        command.SetRun((arguments, cancellation) => Training.Run(
            new TrainSettings
            {
                Images = arguments.GetValue(images)!.FullName,
                Pairs = pairs.Pairs(arguments, arguments.GetValue(images)!.FullName, arguments.GetValue(cache)?.FullName),
                Validation = arguments.GetValue(validation)?.FullName,
                ValidationPairs = validationPairs.Pairs(
                    arguments, arguments.GetValue(validation)?.FullName, arguments.GetValue(cache)?.FullName),
                Cache = arguments.GetValue(cache)?.FullName,
                ValidationCount = arguments.GetValue(validationCount) ?? int.MaxValue,
                Lpips = arguments.GetValue(perceptual),
                Metrics = Networks.Metrics(arguments.GetValue(metrics)),
                Network = arguments.GetValue(network)!,
                From = arguments.GetValue(from)?.FullName,
                Key = arguments.GetValue(key),
                Degradation = arguments.GetValue(degradation),
                Loss = Loss(arguments.GetValue(loss)!, arguments.GetValue(lossWeights)),
                LossPrecision = arguments.GetValue(lossPrecision),
                Adversarial = arguments.GetValue(adversarial),
                Device = arguments.GetValue(device)!,
                IsDistributed = arguments.GetValue(distributed) == Mpi,
                Output = arguments.GetValue(output)!.FullName,
                Resume = arguments.GetValue(resume),
                OptionsText = OptionsFile.Text(arguments, resume.Name, distributed.Name, OptionsFile.OptionName),
                Options = defaults with
                {
                    Steps = arguments.GetValue(steps),
                    BatchSize = arguments.GetValue(batch),
                    BatchParts = arguments.GetValue(batchParts),
                    PatchSize = arguments.GetValue(patch),
                    MinimumContrast = arguments.GetValue(contrast),
                    Stages = [.. (arguments.GetValue(stages) ?? []).Select(Stage)],
                    Frozen = arguments.GetValue(freeze) ?? [],
                    Precision = arguments.GetValue(precision),
                    LearningRate = arguments.GetValue(rate),
                    Schedule = NamedSchedules.Parse(arguments.GetValue(schedule)!, arguments.GetValue(warmUp)),
                    WeightDecay = arguments.GetValue(weightDecay),
                    EmaDecay = arguments.GetValue(ema),
                    GradientClipNorm = arguments.GetValue(clip),
                    GradientClipValue = arguments.GetValue(clipValue),
                    AdversarialWeight = arguments.GetValue(adversarialWeight),
                    BestBy = arguments.GetValue(bestBy)!,
                    ValidationInterval = arguments.GetValue(validationInterval),
                    SaveInterval = arguments.GetValue(saveInterval),
                    LogInterval = arguments.GetValue(logInterval),
                    Seed = arguments.GetValue(seed),
                    CheckImages = !arguments.GetValue(uncheckedImages),
                    TensorBoard = arguments.GetValue(tensorBoard),
                    ValidationPatches = arguments.GetValue(patches),
                    PrefetchWorkers = arguments.GetValue(workers),
                    PrefetchDepth = arguments.GetValue(workers) is { } count ? Math.Min(2 * count, 64) : null,
                },
            },
            cancellation));
        return command;
    }

    private static IReadOnlyList<LossTerm> Loss(string text, string? weights)
    {
        IReadOnlyList<LossTerm> terms = NamedLosses.Parse(text);
        return weights is null ? terms
            : terms is [{ Weights: null } only] ? [only with { Weights = weights }]
            : throw new ArgumentException(
                $"--loss-weights belongs to one loss without weights of its own; got --loss {text}, where they stand in parentheses.");
    }

    private static RestorationTrainingStage Stage(string text) => text.Split(':', 'x') switch
    {
        [var step, var patch, var batch] when int.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out int from)
            && int.TryParse(patch, NumberStyles.None, CultureInfo.InvariantCulture, out int side)
            && int.TryParse(batch, NumberStyles.None, CultureInfo.InvariantCulture, out int count) =>
            new RestorationTrainingStage(from, side, count),
        _ => throw new ArgumentException($"--stages has '{text}'; expected STEP:PATCHxBATCH, such as 5000:128x8."),
    };
}
