using System.CommandLine;
using Quickstart;
using Samples.Common;
// Trains a small network with the MDF loss in about a minute, or optimises the pixels of an image to show how the loss guides them.

const string Training = "train", Pixels = "pixels";
var demo = new Option<string>("--demo")
{
    Description = "train: trains a small network to remove JPEG artefacts. pixels: optimises an image from noise towards a reference.",
    DefaultValueFactory = _ => Training,
};
demo.AcceptOnlyFromAmong(Training, Pixels);
var image = new Option<FileInfo?>("--image")
{
    Description = "Image held out from training, or the reference for pixels (PNG, JPEG, BMP, WebP). Default: a synthetic image.",
};
var images = new Option<DirectoryInfo?>("--images") { Description = "Folder of training images. Default: synthetic images." };
var weights = new Option<FileInfo?>("--weights")
{
    Description = "Discriminators, such as the authors' Ds_JPEG.pth. Default: the packaged ones; for pixels, untrained ones from the seed.",
};
var steps = new Option<int?>("--steps") { Description = "Total number of steps. Default: 300; for pixels 100." };
var side = new Option<int>("--side")
{
    Description = "Side of the synthetic image in pixels; of a larger --image, only the middle of this size is used.",
    DefaultValueFactory = _ => 128,
};
Option<string> device = CommandLine.DeviceOption();
var output = new Option<DirectoryInfo?>("--output")
{
    Description = "Folder for pictures and state. Default: output/quickstart; for pixels output/pixels.",
};
var seed = new Option<int>("--seed") { Description = "Seeds all random choices.", DefaultValueFactory = _ => 1 };
var resume = new Option<bool>("--resume") { Description = "Resume an earlier run that ended or was stopped in the same folder." };
steps.MustBeAtLeast(1);
side.MustBeAtLeast(11);

var command = new RootCommand("Trains a small network to remove JPEG artefacts with the MDF loss in about a minute.")
{
    demo, image, images, weights, steps, side, device, output, seed, resume,
};
command.SetRun((arguments, cancellation) =>
{
    bool trains = arguments.GetValue(demo) == Training;
    var settings = new Settings(
        arguments.GetValue(image)?.FullName,
        arguments.GetValue(images)?.FullName,
        arguments.GetValue(weights)?.FullName,
        arguments.GetValue(steps) ?? (trains ? 300 : 100),
        arguments.GetValue(side),
        arguments.GetValue(device)!,
        Path.GetFullPath(arguments.GetValue(output)?.FullName ?? (trains ? "output/quickstart" : "output/pixels")),
        arguments.GetValue(seed),
        arguments.GetValue(resume));
    return trains ? TrainingDemonstration.Run(settings, cancellation) : PixelDemonstration.Run(settings, cancellation);
});

return await CommandLine.RunAsync(command, args);
