using System.CommandLine;
using Mdf.Data;
using Mdf.Imaging;
using Mdf.Models.Restoration;
using Samples.Common;
using Spectre.Console;
using TorchSharp;
using static TorchSharp.torch;

namespace RestoreImages;

/// <summary>Restores an image file, or all images of a folder.</summary>
internal static class RestoreCommand
{
    public static Command Create()
    {
        var checkpoint = new Option<FileInfo>("--checkpoint") { Description = "The trained network.", Required = true };
        var network = new Option<string?>("--network") { Description = "Its name, for a public checkpoint, which does not say what it is." };
        network.AcceptOnlyFromAmong([.. ModelZoo.Names]);
        var input = new Option<FileSystemInfo>("--input") { Description = "The image, or the folder of images.", Required = true };
        var output = new Option<DirectoryInfo>("--output") { Description = "The folder for the restored images, PNG.", DefaultValueFactory = _ => new DirectoryInfo("output/restored") };
        var selfEnsemble = new Option<bool>("--self-ensemble") { Description = "Average over eight orientations: a little better, eight times the work." };
        var tile = new Option<int>("--tile") { Description = "The side of the tiles that large images are restored in.", DefaultValueFactory = _ => new TilingOptions().TileSize };
        var device = new Option<string>("--device") { Description = "Where to compute: cpu, cuda, cuda:1, ...", DefaultValueFactory = _ => "cpu" };
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
            throw new ArgumentException("--output is the folder of the input, whose files would be replaced; name another one.");
        }

        string[] names = [input.Name];
        if (input is DirectoryInfo)
        {
            var folder = new ImageFolder(input.FullName);
            names = [.. Enumerable.Range(0, folder.Count).Select(folder.NameOf)];
        }

        // Of a.jpg and a.png the second becomes a.png.png.
        var taken = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        return names.Select(name =>
            (Path.Combine(root, name), Path.Combine(output, taken.Add(Path.ChangeExtension(name, null)) ? Path.ChangeExtension(name, ".png") : $"{name}.png")));
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
