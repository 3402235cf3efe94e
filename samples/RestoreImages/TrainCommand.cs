using System.CommandLine;
using Mdf.Losses;
using Mdf.Models.Restoration;
using Mdf.Training.Restoration;
using Samples.Common;

namespace RestoreImages;

/// <summary>The command that trains a network.</summary>
internal static class TrainCommand
{
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
        var loss = new Option<string>("--loss") { Description = "Name of the loss; see 'losses'.", DefaultValueFactory = _ => "mdf" };
        loss.AcceptOnlyFromAmong(NamedLosses.Names);
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
        var patch = new Option<int>("--patch")
        {
            Description = "Side of the reference patches in pixels.",
            DefaultValueFactory = _ => defaults.PatchSize,
        };
        var rate = new Option<double>("--rate")
        {
            Description = "Initial learning rate.",
            DefaultValueFactory = _ => defaults.LearningRate,
        };
        var schedule = new Option<string>("--schedule")
        {
            Description = "Learning rate schedule: constant, cosine, step:1000 (halved every 1000 steps) or step:1000:0.1 (divided by 10).",
            DefaultValueFactory = _ => "constant",
        };
        var ema = new Option<double?>("--ema")
        {
            Description = "Decay of an exponential moving average of the weights, such as 0.999. Default: no average.",
        };
        var clip = new Option<double?>("--clip") { Description = "Maximum norm of the gradient. Default: no limit." };
        var adversarial = new Option<bool>("--adversarial")
        {
            Description = "Train against a discriminator, as SRGAN does; start from a trained network (--from).",
        };
        var adversarialWeight = new Option<double>("--adversarial-weight")
        {
            Description = "Weight of the adversarial loss.",
            DefaultValueFactory = _ => defaults.AdversarialWeight,
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
        Option<string> device = CommandLine.DeviceOption();
        var perceptual = new Option<bool>("--lpips")
        {
            Description = "Validate by LPIPS too, whose network must be downloaded once (docs/weights.md).",
        };
        var uncheckedImages = new Option<bool>("--no-check")
        {
            Description = "Begin without decoding every training image once to find those that cannot be used.",
        };
        var output = new Option<DirectoryInfo>("--output")
        {
            Description = "Folder for checkpoints, log and training state.",
            DefaultValueFactory = _ => new DirectoryInfo("output/restoration"),
        };
        var resume = new Option<bool>("--resume")
        {
            Description = "Resume an earlier run in the same folder: one that was stopped, or a finished one with a larger --steps.",
        };
        foreach (Option<int> number in new[] { steps, batch, validationInterval, saveInterval, logInterval })
        {
            number.MustBeAtLeast(1);
        }

        validationCount.MustBeAtLeast(1);

        var command = new Command("train", "Trains a network to undo a degradation.")
        {
            images, validation, validationCount, network, from, key, degradation, loss, lossWeights, lossPrecision, steps, batch, patch,
            rate, schedule, ema, clip, adversarial, adversarialWeight, perceptual, validationInterval, saveInterval, logInterval, seed,
            tensorBoard, uncheckedImages, device, output, resume,
        };
        command.SetRun((arguments, cancellation) => Training.Run(
            new TrainSettings
            {
                Images = arguments.GetValue(images)!.FullName,
                Validation = arguments.GetValue(validation)?.FullName,
                ValidationCount = arguments.GetValue(validationCount) ?? int.MaxValue,
                Lpips = arguments.GetValue(perceptual),
                Network = arguments.GetValue(network)!,
                From = arguments.GetValue(from)?.FullName,
                Key = arguments.GetValue(key),
                Degradation = arguments.GetValue(degradation),
                Loss = arguments.GetValue(loss)!,
                LossWeights = arguments.GetValue(lossWeights),
                LossPrecision = arguments.GetValue(lossPrecision),
                Adversarial = arguments.GetValue(adversarial),
                Device = arguments.GetValue(device)!,
                Output = arguments.GetValue(output)!.FullName,
                Resume = arguments.GetValue(resume),
                Options = defaults with
                {
                    Steps = arguments.GetValue(steps),
                    BatchSize = arguments.GetValue(batch),
                    PatchSize = arguments.GetValue(patch),
                    LearningRate = arguments.GetValue(rate),
                    Schedule = NamedSchedules.Parse(arguments.GetValue(schedule)!),
                    EmaDecay = arguments.GetValue(ema),
                    GradientClipNorm = arguments.GetValue(clip),
                    AdversarialWeight = arguments.GetValue(adversarialWeight),
                    ValidationInterval = arguments.GetValue(validationInterval),
                    SaveInterval = arguments.GetValue(saveInterval),
                    LogInterval = arguments.GetValue(logInterval),
                    Seed = arguments.GetValue(seed),
                    CheckImages = !arguments.GetValue(uncheckedImages),
                    TensorBoard = arguments.GetValue(tensorBoard),
                },
            },
            cancellation));
        return command;
    }
}
