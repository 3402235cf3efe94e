using System.CommandLine;
using Mdf.Data;
using Mdf.Imaging;
using Mdf.Models.Restoration;
using Samples.Common;
using Spectre.Console;
using TorchSharp;
using static TorchSharp.torch;

namespace RestoreImages;

/// <summary>The command that restores an image file or all images of a folder.</summary>
internal static class RestoreCommand
{
    public static Command Create()
    {
        var checkpoint = new Option<FileInfo>("--checkpoint") { Description = "Checkpoint of the trained network.", Required = true };
        var network = new Option<string?>("--network") { Description = Networks.NameHelp };
        network.AcceptOnlyFromAmong([.. ModelZoo.Names]);
        var input = new Option<FileSystemInfo>("--input") { Description = "Image file or folder of images.", Required = true };
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
        var device = new Option<string>("--device") { Description = "Device: cpu, cuda, cuda:1, ...", DefaultValueFactory = _ => "cpu" };
        tile.MustBeAtLeast(1);
        var command = new Command("restore", "Restores images.") { checkpoint, network, input, output, selfEnsemble, tile, device };
        command.SetRun((arguments, cancellation) =>
        {
            using var scope = NewDisposeScope();
            Device place = CommandLine.UsableDevice(arguments.GetValue(device)!);
            using RestorationNetwork trained = Networks.Load(arguments.GetValue(checkpoint)!.FullName, arguments.GetValue(network));
            trained.to(place);
            var tiling = new TilingOptions { TileSize = arguments.GetValue(tile) };
            bool ensemble = arguments.GetValue(selfEnsemble);
            return All(Files(arguments.GetValue(input)!, arguments.GetValue(output)!.FullName), image =>
            {
                Tensor moved = image.to(place);
                Tensor Restore(Tensor images) => TiledInference.Restore(trained, images, tiling, cancellationToken: cancellation);
                Tensor seen = trained.Channels == 1 ? ColorSpace.RgbToGray(moved) : moved;
                return ensemble ? SelfEnsemble.Restore(Restore, seen) : Restore(seen);
            });
        });
        return command;
    }

    private static IEnumerable<(string Input, string Output)> Files(FileSystemInfo input, string output)
    {
        string root = input is DirectoryInfo ? input.FullName : Path.GetDirectoryName(input.FullName)!;
        if (Path.GetFullPath(root) == Path.GetFullPath(output))
        {
            throw new ArgumentException("--output is the folder of the input, whose files would be overwritten; give another folder.");
        }

        string[] names = [input.Name];
        if (input is DirectoryInfo)
        {
            var folder = new ImageFolder(input.FullName);
            names = [.. Enumerable.Range(0, folder.Count).Select(folder.NameOf)];
        }

        // If a folder holds a.jpg and a.png, the second output is named a.png.png.
        var taken = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        return names.Select(name => (Path.Combine(root, name), Path.Combine(output, NewName(name))));

        string NewName(string name) => taken.Add(Path.ChangeExtension(name, null)) ? Path.ChangeExtension(name, ".png") : $"{name}.png";
    }

    private static int All(IEnumerable<(string Input, string Output)> files, Func<Tensor, Tensor> restore)
    {
        int failed = 0;
        foreach ((string input, string output) in files)
        {
            using var scope = NewDisposeScope();
            try
            {
                Tensor image = ImageFile.Read(input);
                Directory.CreateDirectory(Path.GetDirectoryName(output)!);
                ImageFile.Write(output, restore(image));
                AnsiConsole.MarkupLineInterpolated($"{input} ({image.shape[3]} x {image.shape[2]}) -> {output}");
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
