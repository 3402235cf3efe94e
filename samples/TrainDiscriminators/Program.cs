using System.CommandLine;
using Mdf.Training.Discriminators;
using Samples.Common;
using TrainDiscriminators;
// Trains the discriminators of the MDF loss for a task, from one natural image, and writes them as a checkpoint for MdfLoss.

var defaults = new DiscriminatorTrainingOptions();
var image = new Option<FileInfo[]>("--image") { Description = "The seed image (PNG, JPEG, BMP, WebP); may be given several times. Default: a small built-in synthetic one, and a training of under a minute.", AllowMultipleArgumentsPerToken = true };
var task = new Option<string>("--task") { Description = "What the loss is to be for.", DefaultValueFactory = _ => "jpeg" };
task.AcceptOnlyFromAmong([.. Settings.Tasks.Keys]);
var scales = new Option<int?>("--scales") { Description = $"The number of scales. Default: {defaults.ScaleCount}; {Settings.SmallScales} without --image." };
var iterations = new Option<int?>("--iterations") { Description = $"Iterations per scale. Default: {defaults.Iterations}; {Settings.SmallIterations} without --image." };
var side = new Option<int>("--side") { Description = "The longer side of the finest scale; larger images are reduced to it.", DefaultValueFactory = _ => defaults.MaximumSide };
var device = new Option<string>("--device") { Description = "Where to compute: cpu, cuda, cuda:1, ...", DefaultValueFactory = _ => "cpu" };
var output = new Option<DirectoryInfo>("--output") { Description = "The folder for the checkpoint, the pictures and the state.", DefaultValueFactory = _ => new DirectoryInfo("output/discriminators") };
var seed = new Option<long>("--seed") { Description = "Of everything random.", DefaultValueFactory = _ => defaults.Seed };
var precision = new Option<TrainingPrecision>("--precision") { Description = "The precision of convolutions: Full, or BFloat16, faster where the processor computes in it.", DefaultValueFactory = _ => defaults.Precision };
var saveInterval = new Option<int>("--save-interval") { Description = "Iterations between two saves of the state.", DefaultValueFactory = _ => defaults.SaveInterval };
var resume = new Option<bool>("--resume") { Description = "Go on from where an earlier run into the same folder was stopped." };
side.MustBeAtLeast(defaults.MinimumSide);
saveInterval.MustBeAtLeast(1);

var command = new RootCommand("Trains the discriminators of the MDF loss for a task, from one natural image.") { image, task, scales, iterations, side, device, precision, output, seed, saveInterval, resume };
command.SetRun((arguments, cancellation) => Training.Run(
    new Settings(
        [.. (arguments.GetValue(image) ?? []).Select(i => i.FullName)],
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

return await CommandLine.RunAsync(command, args);
