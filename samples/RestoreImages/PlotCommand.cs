using System.CommandLine;
using Samples.Common;
using Spectre.Console;

namespace RestoreImages;

/// <summary>The command that draws a training's log as a page.</summary>
internal static class PlotCommand
{
    public static Command Create()
    {
        var folder = new Argument<DirectoryInfo>("folder") { Description = "Output folder of a training, which holds log.csv." };
        var output = new Option<FileInfo?>("--output") { Description = "The page. Default: training.html in the folder." };
        var command = new Command("plot", "Draws the log of a training: losses, validation, learning rate, speed and memory.")
        {
            folder, output,
        };
        command.SetRun((arguments, _) =>
        {
            string training = arguments.GetValue(folder)!.FullName;
            string log = Path.Combine(training, "log.csv");
            if (!File.Exists(log))
            {
                throw new ArgumentException($"{training} holds no log.csv; expected the --output folder of a training.");
            }

            string page = arguments.GetValue(output)?.FullName ?? Path.Combine(training, "training.html");
            TrainingCurves curves = TrainingCurves.Read(log);
            string unfinished = page + ".tmp";
            File.WriteAllText(unfinished, TrainingPage.Html(Path.GetFileName(training), curves, TrainingPatch.Find(training)));
            File.Move(unfinished, page, overwrite: true);
            AnsiConsole.MarkupLineInterpolated($"{curves.Steps.Count} rows of {log} -> {page}");
            return 0;
        });
        return command;
    }
}
