using System.CommandLine;
using Mdf.Models.Restoration;
using Mdf.Onnx;
using Samples.Common;
using Spectre.Console;

namespace RestoreImages;

/// <summary>The command that writes a trained network as an ONNX file.</summary>
internal static class ExportCommand
{
    public static Command Create()
    {
        var choice = new NetworkChoice();
        var output = new Option<FileInfo>("--output") { Description = "The ONNX file; an existing file is replaced.", Required = true };
        var half = new Option<bool>("--half") { Description = "Store the convolutions' weights in float16: half the size." };
        var keep = new Option<bool>("--keep-normalization")
        {
            Description = "Keep batch normalisation instead of merging it into the convolutions.",
        };
        var licence = new Option<string?>("--licence") { Description = "Licence of the weights, for the file's metadata." };
        Command command = choice.CreateCommand(
            "export", "Writes a network as ONNX, for ONNX Runtime without libtorch.", output, half, keep, licence);
        command.SetRun((arguments, _) =>
        {
            using RestorationNetwork trained = choice.Load(arguments);
            FileInfo file = arguments.GetValue(output)!;
            file.Directory!.Create();
            var options = new OnnxExportOptions
            {
                HalfWeights = arguments.GetValue(half),
                KeepNormalization = arguments.GetValue(keep),
                Licence = arguments.GetValue(licence),
            };
            OnnxFile.Write(file.FullName, trained, options);
            file.Refresh();
            AnsiConsole.MarkupLineInterpolated(
                $"{trained.GetName()}, scale {trained.Scale}, {trained.Channels} channels -> {file.FullName} ({file.Length} bytes)");
            return 0;
        });
        return command;
    }
}
