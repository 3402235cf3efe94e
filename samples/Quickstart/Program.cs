using System.CommandLine;
using Quickstart;
using Samples.Common;
// Trains a small network with the MDF loss, in about a minute; or optimises the pixels of an image, which shows what the loss sees.

const string Training = "train", Pixels = "pixels";
var demo = new Option<string>("--demo") { Description = "train: a small network learns to remove JPEG's artefacts. pixels: an image is optimised from noise towards a reference.", DefaultValueFactory = _ => Training };
demo.AcceptOnlyFromAmong(Training, Pixels);
var image = new Option<FileInfo?>("--image") { Description = "The image held out from training, or the reference of the pixels (PNG, JPEG, BMP, WebP). Default: a built-in synthetic one." };
var images = new Option<DirectoryInfo?>("--images") { Description = "The folder of images to train with. Default: built-in synthetic ones." };
var weights = new Option<FileInfo?>("--weights") { Description = "The discriminators, say the authors' Ds_JPEG.pth. Default: the packaged ones; for pixels seeded, untrained ones." };
var steps = new Option<int?>("--steps") { Description = "Steps of Adam in all. Default: 300; for pixels 100." };
var side = new Option<int>("--side") { Description = "The side of the synthetic image, and the largest side of the middle part taken of another one.", DefaultValueFactory = _ => 128 };
var device = new Option<string>("--device") { Description = "Where to compute: cpu, cuda, cuda:1, ...", DefaultValueFactory = _ => "cpu" };
var output = new Option<DirectoryInfo?>("--output") { Description = "The folder for pictures and state. Default: output/quickstart; for pixels output/pixels." };
var seed = new Option<int>("--seed") { Description = "Of everything random.", DefaultValueFactory = _ => 1 };
var resume = new Option<bool>("--resume") { Description = "Go on from where an earlier run into the same folder ended or was stopped." };
steps.MustBeAtLeast(1);
side.MustBeAtLeast(11);

var command = new RootCommand("Trains a small network to remove JPEG's artefacts with the MDF loss, in about a minute.") { demo, image, images, weights, steps, side, device, output, seed, resume };
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
