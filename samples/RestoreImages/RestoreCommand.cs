using System.CommandLine;
using Mdf.Data;
using Mdf.Imaging;
using Mdf.Models.Restoration;
using Samples.Common;
using Spectre.Console;
using TorchSharp;
using static TorchSharp.torch;

namespace RestoreImages;

/// <summary>The command that restores image files and the images of folders.</summary>
internal static class RestoreCommand
{
    public static Command Create()
    {
        var choice = new NetworkChoice();
        var input = new Option<string[]>("--input")
        {
            Description = "Image files, folders of images, or patterns such as \"photos/*.jpg\".",
            Required = true,
            AllowMultipleArgumentsPerToken = true,
        };
        var output = new Option<DirectoryInfo>("--output")
        {
            Description = "Folder for the restored images (PNG).",
            DefaultValueFactory = _ => new DirectoryInfo("output/restored"),
        };
        var selfEnsemble = new Option<bool>("--self-ensemble")
        {
            Description = "Average the results of eight flips and rotations: slightly better, eight times the time.",
        };
        var tile = new Option<int?>("--tile")
        {
            Description = "Side in pixels of the tiles that images are divided into. Default: no tiles where the CPU allows it, else 256.",
        };
        Option<string> device = CommandLine.DeviceOption();
        tile.MustBeAtLeast(1);
        Command command = choice.CreateCommand("restore", "Restores images.", input, output, selfEnsemble, tile, device);
        command.SetRun((arguments, cancellation) =>
        {
            using var scope = NewDisposeScope();
            Device place = CommandLine.UsableDevice(arguments.GetValue(device)!);
            Files.RequireWritable(arguments.GetValue(output)!.FullName);
            IReadOnlyList<(string Input, string Output)> plan =
                RestorePlan.Of(arguments.GetValue(input)!, arguments.GetValue(output)!.FullName, ImagesOf);
            using RestorationNetwork trained = choice.Load(arguments);
            trained.to(place);
            var tiling = new TilingOptions { TileSize = arguments.GetValue(tile) };
            bool ensemble = arguments.GetValue(selfEnsemble);
            return All(plan, (image, progress) =>
            {
                Tensor moved = image.to(place);
                Tensor seen = trained.Channels == 1 ? ColorSpace.RgbToGray(moved) : moved;
                return ensemble ? SelfEnsemble.Restore(Restore, seen) : Restore(seen);

                Tensor Restore(Tensor images)
                {
                    progress.BeginPass();
                    return TiledInference.Restore(trained, images, tiling, progress, cancellation);
                }
            }, passes: ensemble ? ImageProgress.EnsemblePasses : 1);
        });
        return command;
    }

    private static IEnumerable<string> ImagesOf(string path)
    {
        var folder = new ImageFolder(path);
        return Enumerable.Range(0, folder.Count).Select(folder.NameOf);
    }

    private static int All(
        IEnumerable<(string Input, string Output)> files, Func<Tensor, ImageProgress, Tensor> restore, int passes)
    {
        int failed = 0;
        foreach ((string input, string output) in files)
        {
            using var scope = NewDisposeScope();
            try
            {
                Tensor image = ImageFile.Read(input);
                string size = $"{image.shape[3]} x {image.shape[2]}";
                Tensor restored = ImageProgress.Show(input, passes, progress => restore(image, progress));

                // The image's memory is free while the result is written.
                image.Dispose();
                Directory.CreateDirectory(Path.GetDirectoryName(output)!);
                ImageFile.Write(output, restored);
                AnsiConsole.MarkupLineInterpolated($"{input} ({size}) -> {output}");
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                failed++;
                Console.Error.WriteLine(e.Message);
            }
        }

        return failed == 0 ? 0 : 1;
    }
}
