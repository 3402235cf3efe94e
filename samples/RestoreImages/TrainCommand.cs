using System.CommandLine;
using Mdf.Losses;
using Mdf.Models.Restoration;
using Mdf.Training.Restoration;
using Samples.Common;

namespace RestoreImages;

/// <summary>The command line of a training.</summary>
internal static class TrainCommand
{
    public static Command Create()
    {
        var defaults = new RestorationTrainingOptions();
        var images = new Option<DirectoryInfo>("--images") { Description = "The folder of images to learn from, with those in it.", Required = true };
        var validation = new Option<DirectoryInfo?>("--validation") { Description = "The folder of images to validate with." };
        var validationCount = new Option<int>("--validation-count") { Description = "The most images to validate with.", DefaultValueFactory = _ => int.MaxValue };
        var network = new Option<string>("--network") { Description = "The network.", DefaultValueFactory = _ => "dncnn-17-color" };
        network.AcceptOnlyFromAmong([.. ModelZoo.Names]);
        var from = new Option<FileInfo?>("--from") { Description = "Weights to begin with, ours or public ones. Default: random ones." };
        var degradation = new Option<string?>("--degradation") { Description = NamedDegradations.Help };
        var loss = new Option<string>("--loss") { Description = "The loss.", DefaultValueFactory = _ => "mdf" };
        loss.AcceptOnlyFromAmong(NamedLosses.Names);
        var lossWeights = new Option<string?>("--loss-weights") { Description = "The weights of the loss: discriminators for mdf, a file or packaged ones by name (default: those for the degradation); a pretrained network for vgg and lpips." };
        var lossPrecision = new Option<MdfPrecision>("--loss-precision") { Description = "The precision of mdf's features: Full, or BFloat16, faster where the device computes in it." };
        var steps = new Option<int>("--steps") { Description = "Steps in all.", DefaultValueFactory = _ => defaults.Steps };
        var batch = new Option<int>("--batch") { Description = "Patches a step.", DefaultValueFactory = _ => defaults.BatchSize };
        var patch = new Option<int>("--patch") { Description = "The side of the reference patches.", DefaultValueFactory = _ => defaults.PatchSize };
        var rate = new Option<double>("--rate") { Description = "The learning rate.", DefaultValueFactory = _ => defaults.LearningRate };
        var schedule = new Option<string>("--schedule") { Description = "How the rate changes: constant, cosine, step:1000 (a half every so many steps) or step:1000:0.1.", DefaultValueFactory = _ => "constant" };
        var ema = new Option<double?>("--ema") { Description = "The decay of a moving average of the weights, such as 0.999. Default: none." };
        var clip = new Option<double?>("--clip") { Description = "The largest norm of the gradient. Default: no limit." };
        var adversarial = new Option<bool>("--adversarial") { Description = "Train against a discriminator, as SRGAN; begin with a trained network (--from)." };
        var adversarialWeight = new Option<double>("--adversarial-weight") { Description = "What the discriminator's opinion counts.", DefaultValueFactory = _ => defaults.AdversarialWeight };
        var validationInterval = new Option<int>("--validation-interval") { Description = "Steps between two validations.", DefaultValueFactory = _ => defaults.ValidationInterval };
        var saveInterval = new Option<int>("--save-interval") { Description = "Steps between two saves of the state.", DefaultValueFactory = _ => defaults.SaveInterval };
        var logInterval = new Option<int>("--log-interval") { Description = "Steps between two lines of the log.", DefaultValueFactory = _ => defaults.LogInterval };
        var seed = new Option<long>("--seed") { Description = "Of everything random.", DefaultValueFactory = _ => defaults.Seed };
        var tensorBoard = new Option<bool>("--tensorboard") { Description = "Write the log for TensorBoard too." };
        var device = new Option<string>("--device") { Description = "Where to compute: cpu, cuda, cuda:1, ...", DefaultValueFactory = _ => "cpu" };
        var output = new Option<DirectoryInfo>("--output") { Description = "The folder for checkpoints, log and state.", DefaultValueFactory = _ => new DirectoryInfo("output/restoration") };
        var resume = new Option<bool>("--resume") { Description = "Go on from where an earlier run into the same folder was stopped." };
        validationCount.MustBeAtLeast(1);

        var command = new Command("train", "Trains a network to undo a degradation.")
        {
            images, validation, validationCount, network, from, degradation, loss, lossWeights, lossPrecision, steps, batch, patch, rate, schedule, ema, clip,
            adversarial, adversarialWeight, validationInterval, saveInterval, logInterval, seed, tensorBoard, device, output, resume,
        };
        command.SetRun((arguments, cancellation) => Training.Run(
            new TrainSettings
            {
                Images = arguments.GetValue(images)!.FullName,
                Validation = arguments.GetValue(validation)?.FullName,
                ValidationCount = arguments.GetValue(validationCount),
                Network = arguments.GetValue(network)!,
                From = arguments.GetValue(from)?.FullName,
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
                    TensorBoard = arguments.GetValue(tensorBoard),
                },
            },
            cancellation));
        return command;
    }
}
