// Optimises an image, from noise, until it looks like a reference to the MDF loss: what the loss sees is what comes back.
using System.CommandLine;
using Quickstart;
using Samples.Common;

var image = new Option<FileInfo?>("--image") { Description = "The reference image (PNG, JPEG, BMP, WebP). Default: a built-in synthetic one." };
var weights = new Option<FileInfo?>("--weights") { Description = "The discriminators, say the authors' Ds_JPEG.pth. Default: seeded, untrained ones." };
var steps = new Option<int>("--steps") { Description = "Steps of Adam in all.", DefaultValueFactory = _ => 100 };
var side = new Option<int>("--side") { Description = "The side of the synthetic image, and the largest side of the middle part taken of another one.", DefaultValueFactory = _ => 128 };
var device = new Option<string>("--device") { Description = "Where to compute: cpu, cuda, cuda:1, ...", DefaultValueFactory = _ => "cpu" };
var output = new Option<DirectoryInfo>("--output") { Description = "The folder for the pictures.", DefaultValueFactory = _ => new DirectoryInfo("output/quickstart") };
var seed = new Option<int>("--seed") { Description = "Of the noise, the synthetic image and the untrained weights.", DefaultValueFactory = _ => 1 };
var resume = new Option<bool>("--resume") { Description = "Go on from where an earlier run into the same folder ended or was stopped." };
steps.MustBeAtLeast(1);
side.MustBeAtLeast(11);

var command = new RootCommand("Optimises an image from noise towards a reference with the MDF loss.") { image, weights, steps, side, device, output, seed, resume };
command.SetRun((arguments, cancellation) => Demonstration.Run(
    new Settings(
        arguments.GetValue(image)?.FullName,
        arguments.GetValue(weights)?.FullName,
        arguments.GetValue(steps),
        arguments.GetValue(side),
        arguments.GetValue(device)!,
        arguments.GetValue(output)!.FullName,
        arguments.GetValue(seed),
        arguments.GetValue(resume)),
    cancellation));

return await CommandLine.RunAsync(command, args);
