using System.CommandLine;
using Mdf.Data;
using Mdf.Degradations;
using Mdf.Losses;
using Mdf.Models.Restoration;
using Mdf.Training.Restoration;
using Samples.Common;
using Spectre.Console;
using TorchSharp;
using static TorchSharp.torch;

namespace RestoreImages;

/// <summary>The command that evaluates a network on degraded images of a folder.</summary>
internal static class EvaluateCommand
{
    public static Command Create()
    {
        var choice = new NetworkChoice();
        var images = new Option<DirectoryInfo>("--images") { Description = "Folder of reference images.", Required = true };
        var degradation = new Option<string?>("--degradation") { Description = NamedDegradations.Help };
        var selfEnsemble = new Option<bool>("--self-ensemble")
        {
            Description = "Average the results of eight flips and rotations: slightly better, eight times the time.",
        };
        var seed = new Option<long>("--seed") { Description = "Seeds the degradation.", DefaultValueFactory = _ => 1 };
        var perceptual = new Option<bool>("--lpips")
        {
            Description = "Measure LPIPS too, whose network must be downloaded once (docs/weights.md).",
        };
        Option<string[]> metrics = Networks.MetricsOption();
        var pairs = new DataOptions("--", "--images");
        Option<string> device = CommandLine.DeviceOption();
        Command command = choice.CreateCommand(
            "evaluate",
            "Measures how well a network undoes a degradation: PSNR, SSIM and, on request, LPIPS.",
            images, degradation, selfEnsemble, metrics, perceptual, seed, device);
        pairs.AddTo(command);
        command.SetRunUntilStopped((arguments, cancellation) =>
        {
            using var scope = NewDisposeScope();
            Device place = CommandLine.UsableDevice(arguments.GetValue(device)!);
            using RestorationNetwork trained = choice.Load(arguments);
            trained.to(place);
            using LpipsLoss? lpips = Networks.Lpips(arguments.GetValue(perceptual), trained);
            lpips?.to(place);
            var options = new RestorationEvaluationOptions
            {
                SelfEnsemble = arguments.GetValue(selfEnsemble),
                Seed = arguments.GetValue(seed),
                Lpips = lpips,
                Additional = Networks.Metrics(arguments.GetValue(metrics)),
            };
            string references = arguments.GetValue(images)!.FullName;
            if (pairs.Pairs(arguments, references, cache: null) is { } paired)
            {
                Print(paired.Count, "pairs", progress =>
                    RestorationEvaluation.Evaluate(trained, paired, options, progress, cancellation));
            }
            else
            {
                var folder = new ImageFolder(references);
                Degradation undone = NamedDegradations.Parse(arguments.GetValue(degradation), trained.Scale);
                Print(folder.Count, undone.Description, progress =>
                    RestorationEvaluation.Evaluate(trained, folder, undone, options, progress, cancellation));
            }

            return 0;
        });
        return command;
    }

    private static void Print(int count, string data, Func<IProgress<ImageScores>, RestorationScores> evaluate)
    {
        AnsiConsole.MarkupLineInterpolated($"{count} images, {data}: PSNR and SSIM of degraded -> restored images.");
        RestorationScores scores = evaluate(new Reporter<ImageScores>(
            s => Console.WriteLine(Line(s.Name, s.DegradedPsnr, s.DegradedSsim, s.Psnr, s.Ssim, s.Lpips, s.Additional))));
        foreach (SkippedImage skipped in scores.Skipped)
        {
            AnsiConsole.MarkupLineInterpolated($"[yellow]Left out[/] {skipped.Name}: {skipped.Reason}");
        }

        Console.WriteLine(
            Line("mean", scores.DegradedPsnr, scores.DegradedSsim, scores.Psnr, scores.Ssim, scores.Lpips, scores.Additional));
        if (scores.IsWorseThanDegraded)
        {
            AnsiConsole.MarkupLine(
                "[yellow]The network is worse than its input[/]: its PSNR is below that of the degraded images. Was it trained for this "
                + "degradation?");
        }
    }

    private static string Line(
        string name,
        double degradedPsnr,
        double degradedSsim,
        double psnr,
        double ssim,
        double? lpips,
        IReadOnlyDictionary<string, double> others) =>
        FormattableString.Invariant($"{name}: {degradedPsnr:f2} dB, {degradedSsim:f4} -> {psnr:f2} dB, {ssim:f4}")
        + (lpips is { } value ? FormattableString.Invariant($", LPIPS {value:f4}") : "")
        + string.Concat(others.Select(other => FormattableString.Invariant($", {other.Key} {other.Value:f4}")));
}
