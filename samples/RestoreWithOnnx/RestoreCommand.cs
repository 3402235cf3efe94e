using System.CommandLine;
using Microsoft.ML.OnnxRuntime;

namespace RestoreWithOnnx;

/// <summary>The command that restores an image file or all images of a folder.</summary>
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
            using var network = new OnnxNetwork(arguments.GetValue(checkpoint)!.FullName, arguments.GetValue(provider)!);
            var restoration = new TiledRestoration(network, arguments.GetValue(tile), Progress(), cancellation);
            Func<Picture, Picture> restore = arguments.GetValue(selfEnsemble) ? restoration.RestoreAllTurns : restoration.Restore;
            return All(
                Files(arguments.GetValue(input)!, arguments.GetValue(output)!.FullName),
                picture => restore(network.Channels == 1 ? picture.ToGray() : picture));
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

    private static IEnumerable<(string Input, string Output)> Files(FileSystemInfo input, string output)
    {
        string root = input is DirectoryInfo ? input.FullName : Path.GetDirectoryName(input.FullName)!;
        if (Path.GetFullPath(root) == Path.GetFullPath(output))
        {
            throw new ArgumentException("--output is the folder of the input, whose files would be overwritten; give another folder.");
        }

        string[] names = [input.Name];
        if (input is DirectoryInfo folder)
        {
            names = [.. folder
                .EnumerateFiles("*", new EnumerationOptions { RecurseSubdirectories = true })
                .Where(f => Extensions.Contains(f.Extension, StringComparer.OrdinalIgnoreCase))
                .Select(f => Path.GetRelativePath(root, f.FullName).Replace('\\', '/'))
                .Order(StringComparer.Ordinal)];
            if (names.Length == 0)
            {
                throw new ArgumentException(
                    $"'{root}' holds no file with the extension of an image ({string.Join(", ", Extensions)}).");
            }
        }

        // If a folder holds a.jpg and a.png, the second output is named a.png.png.
        var taken = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        return names.Select(name => (Path.Combine(root, name), Path.Combine(output, NewName(name))));

        string NewName(string name) => taken.Add(Path.ChangeExtension(name, null)) ? Path.ChangeExtension(name, ".png") : $"{name}.png";
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
