// What trained discriminators do: how the loss values distortions of equal PSNR, and what training with it gives.
using System.CommandLine;
using Reproduce;
using Samples.Common;

var weights = new Option<string[]>("--weights") { Description = "Discriminators: files, or packaged ones by name.", DefaultValueFactory = _ => ["jpeg.ckpt"], AllowMultipleArgumentsPerToken = true };
var images = new Option<DirectoryInfo?>("--images") { Description = "A folder of photographs to measure on. Default: built-in synthetic images." };
var count = new Option<int>("--count") { Description = "How many of them, in the order of their names.", DefaultValueFactory = _ => 20 };
count.MustBeAtLeast(1);

var sensitivity = new Command("sensitivity", "The loss of distortions at equal PSNR, as a table (supplement, figures 7 and 8).") { weights, images, count };
sensitivity.SetRun((arguments, cancellation) => Sensitivity.Run(
    arguments.GetValue(weights)!, TestImages.Read(arguments.GetValue(images), arguments.GetValue(count), firstSeed: 1), cancellation));

var training = new Option<DirectoryInfo?>("--training-images") { Description = "A folder of photographs to train on. Default: built-in synthetic images." };
var steps = new Option<int>("--steps") { Description = "Steps of training.", DefaultValueFactory = _ => 400 };
var quality = new Option<int>("--quality") { Description = "The JPEG quality to restore from.", DefaultValueFactory = _ => 10 };
var seed = new Option<int>("--seed") { Description = "Of the network's start and of the batches.", DefaultValueFactory = _ => 1 };
var output = new Option<DirectoryInfo>("--output") { Description = "The folder for what each training gave; one that is there already is not run again.", DefaultValueFactory = _ => new DirectoryInfo("output/features") };
steps.MustBeAtLeast(1);
quality.MustBeAtLeast(1);

var features = new Command("features", "A small DnCNN for JPEG artefacts, trained with trained discriminators, with untrained ones and with L2.") { weights, images, count, training, steps, quality, seed, output };
features.SetRun((arguments, cancellation) => FeatureComparison.Run(
    new FeatureSettings(
        arguments.GetValue(weights)!, arguments.GetValue(steps), arguments.GetValue(quality), arguments.GetValue(seed), arguments.GetValue(output)!.FullName),
    TestImages.Read(arguments.GetValue(training), int.MaxValue, firstSeed: 1001),
    TestImages.Read(arguments.GetValue(images), arguments.GetValue(count), firstSeed: 1),
    cancellation));

return await CommandLine.RunAsync(new RootCommand("Measures what trained discriminators do.") { sensitivity, features }, args);
