using System.CommandLine;
using Mdf.IO;
using Microsoft.ML.OnnxRuntime;
using Samples.Common;

namespace RestoreWithOnnx;

/// <summary>The command that restores image files and the images of folders.</summary>
internal static class RestoreCommand
{
    private static readonly string[] Extensions = [".png", ".jpg", ".jpeg", ".bmp", ".webp"];

    public static Command Create()
    {
        var checkpoint = new Option<FileInfo>("--checkpoint", "--model")
        {
            Description = "Network that 'RestoreImages export' has written (.onnx).",
            Required = true,
        };
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
        var tile = new Option<int>("--tile")
        {
            Description = "Side in pixels of the tiles that large images are divided into.",
            DefaultValueFactory = _ => 256,
        };
        tile.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: string text }] && int.TryParse(text, out int value) && value < 1)
            {
                result.AddError("--tile must be at least 1.");
            }
        });
        var provider = new Option<string>("--provider")
        {
            Description = "What computes: cpu, cuda (an NVIDIA GPU) or dml (DirectML on Windows).",
            DefaultValueFactory = _ => "cpu",
        };
        provider.AcceptOnlyFromAmong(OnnxNetwork.Providers);
        var command = new Command("restore", "Restores images.") { checkpoint, input, output, selfEnsemble, tile, provider };
        command.SetAction((arguments, cancellation) => Task.Run(() => Guarded(() =>
        {
            IReadOnlyList<(string Input, string Output)> plan =
                RestorePlan.Of(arguments.GetValue(input)!, arguments.GetValue(output)!.FullName, ImagesOf);
            using var network = new OnnxNetwork(arguments.GetValue(checkpoint)!.FullName, arguments.GetValue(provider)!);
            var restoration = new TiledRestoration(network, arguments.GetValue(tile), Progress(), cancellation);
            Func<Picture, Picture> restore = arguments.GetValue(selfEnsemble) ? restoration.RestoreAllTurns : restoration.Restore;
            return All(plan, picture => restore(network.Channels == 1 ? picture.ToGray() : picture));
        })));
        return command;
    }

    private static int All(IEnumerable<(string Input, string Output)> files, Func<Picture, Picture> restore)
    {
        int failed = 0;
        foreach ((string input, string output) in files)
        {
            try
            {
                Picture picture = PictureFile.Read(input);
                Directory.CreateDirectory(Path.GetDirectoryName(output)!);
                PictureFile.Write(output, restore(picture));
                Console.WriteLine($"{input} ({picture.Width} x {picture.Height}) -> {output}");
            }
            catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
            {
                failed++;
                Console.Error.WriteLine(e.Message);
            }
        }

        return failed == 0 ? 0 : 1;
    }

    private static IReadOnlyList<string> ImagesOf(string folder)
    {
        IReadOnlyList<string> names = FolderWalk.Through(
            folder, name => Extensions.Contains(Path.GetExtension(name), StringComparer.OrdinalIgnoreCase)).Files;
        return names.Count > 0
            ? names
            : throw new ArgumentException(
                $"'{folder}' holds no file with the extension of an image ({string.Join(", ", Extensions)}).");
    }

    // One line that is overwritten; nothing where the output is not a terminal's.
    private static Action<int, int> Progress() => Console.IsErrorRedirected
        ? (_, _) => { }
    : (done, all) => Console.Error.Write(done == all ? "\r                    \r" : $"\rtile {done} of {all}");

    private static int Guarded(Func<int> run)
    {
        try
        {
            return run();
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine("Stopped.");
            return 1;
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException or ArgumentException
            or NotSupportedException or OnnxRuntimeException)
        {
            Console.Error.WriteLine(e.Message.Split('\n', 2)[0].TrimEnd());
            return 1;
        }
    }
}
