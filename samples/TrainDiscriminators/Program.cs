using System.CommandLine;
using Mdf.Training.Discriminators;
using Samples.Common;
using TrainDiscriminators;
// Trains the discriminators of the MDF loss for a task from one natural image and writes them as a checkpoint for MdfLoss.

var defaults = new DiscriminatorTrainingOptions();
var image = new Option<FileInfo[]>("--image")
{
    Description = "Seed image (PNG, JPEG, BMP, WebP); may be given several times. Default: a small synthetic image, and a training of "
        + "less than a minute.",
    AllowMultipleArgumentsPerToken = true,
};
var folder = new Option<DirectoryInfo?>("--folder")
{
    Description = "Folder of photographs, instead of --image: random crops of them, --side pixels wide, at the photographs' resolution.",
};
var crops = new Option<int>("--crops") { Description = "Number of crops from --folder.", DefaultValueFactory = _ => 16 };
var task = new Option<string>("--task") { Description = "Restoration task of the loss.", DefaultValueFactory = _ => "jpeg" };
task.AcceptOnlyFromAmong([.. Settings.Tasks.Keys]);
var scales = new Option<int?>("--scales")
{
    Description = $"Number of scales. Default: {defaults.ScaleCount}; {Settings.SmallScales} without --image.",
};
var iterations = new Option<int?>("--iterations")
{
    Description = $"Number of iterations per scale. Default: {defaults.Iterations}; {Settings.SmallIterations} without --image.",
};
var side = new Option<int>("--side")
{
    Description = "Longer side of the image at the finest scale in pixels; larger images are downscaled to this size, or cropped from "
        + "--folder.",
    DefaultValueFactory = _ => defaults.MaximumSide,
};
Option<string> device = CommandLine.DeviceOption();
var output = new Option<DirectoryInfo>("--output")
{
    Description = "Folder for the checkpoint, the contact sheet and the training state.",
    DefaultValueFactory = _ => new DirectoryInfo("output/discriminators"),
};
var seed = new Option<long>("--seed") { Description = "Seeds all random choices.", DefaultValueFactory = _ => defaults.Seed };
var precision = new Option<TrainingPrecision>("--precision")
{
    Description = "Precision of the convolutions: Full, or BFloat16, which is faster on devices with bfloat16 arithmetic.",
    DefaultValueFactory = _ => defaults.Precision,
};
var saveInterval = new Option<int>("--save-interval")
{
    Description = "Number of iterations between two saves of the training state.",
    DefaultValueFactory = _ => defaults.SaveInterval,
};
var resume = new Option<bool>("--resume") { Description = "Resume an earlier run that was stopped in the same folder." };
side.MustBeAtLeast(defaults.MinimumSide);
saveInterval.MustBeAtLeast(1);
crops.MustBeAtLeast(1);
scales.MustBeAtLeast(1);
iterations.MustBeAtLeast(1);

var command = new RootCommand("Trains the discriminators of the MDF loss for a task from one natural image.")
{
    image, folder, crops, task, scales, iterations, side, device, precision, output, seed, saveInterval, resume,
};
command.SetRun((arguments, cancellation) => Training.Run(
    new Settings(
        [.. (arguments.GetValue(image) ?? []).Select(i => i.FullName)],
        arguments.GetValue(folder)?.FullName,
        arguments.GetValue(crops),
        arguments.GetValue(task)!,
        arguments.GetValue(scales),
        arguments.GetValue(iterations),
        arguments.GetValue(side),
        arguments.GetValue(device)!,
        arguments.GetValue(precision),
        arguments.GetValue(output)!.FullName,
        arguments.GetValue(seed),
        arguments.GetValue(saveInterval),
        arguments.GetValue(resume)),
    cancellation));

return await CommandLine.RunAsync(command, args, new Dictionary<string, string>
{
    [nameof(DiscriminatorTrainingOptions.ScaleCount)] = "--scales",
    [nameof(DiscriminatorTrainingOptions.Iterations)] = "--iterations",
    [nameof(DiscriminatorTrainingOptions.MaximumSide)] = "--side",
    [nameof(DiscriminatorTrainingOptions.SaveInterval)] = "--save-interval",
    [nameof(DiscriminatorTrainingOptions.Precision)] = "--precision",
    [nameof(DiscriminatorTrainingOptions.Seed)] = "--seed",
    ["images is"] = "--image is",
    ["task is"] = "--task is",
});
