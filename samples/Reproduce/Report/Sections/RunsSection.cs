using Reproduce.Trainings;
using static Reproduce.Report.Numbers;

namespace Reproduce.Report.Sections;

/// <summary>What was run, on what, and for how long.</summary>
internal static class RunsSection
{
    public static string Of(ReportData data)
    {
        IEnumerable<string> settings = data.Tables.Concat(data.Scales).Concat(data.Seeds).Concat(data.Lambdas).Concat(data.Features)
            .Select(t => t.Training with { Loss = new Losses.LossDescription { Name = "" } }).Distinct().Select(Setting);
        IEnumerable<string> times = data.Tables.SelectMany(t => t.Columns.Select(c =>
            $"<tr><th scope=\"row\">{Html(t.Title)}</th><td>{Html(c.Label)}</td><td>{(c.Run.TrainingTime is { } time ? $"{Text(time.TotalSeconds, 0)} s" : "–")}</td></tr>"));
        string environments = string.Concat(EnvironmentText.Of(data.Environments).Select(e => $"<li>{Html(e)}</li>"));
        return $"""
            <p class="note">Each result is a JSON file in the folder <code>runs</code>, with all that is needed to repeat it.</p>
            <div class="card"><h3>Trainings</h3><ul>{string.Concat(settings)}</ul>
            <p class="note">Adam, orientations and places of crops at random; PSNR and SSIM of RGB, all pixels, rounded to 8 bits.</p>
            <details><summary>Times of training</summary><div class="scroll" tabindex="0" role="region" aria-label="Table of times"><table><thead><tr><th scope="col">Application, test set</th><th scope="col">Loss</th><th scope="col">Time</th></tr></thead><tbody>{string.Concat(times)}</tbody></table></div></details>
            <h3>Software and hardware</h3>
            <ul class="note">{environments}</ul></div>
            """;
    }

    private static string Setting(TrainingDescription training) =>
        $"<li>{Html(Application.All.Single(a => a.Key == training.Application).Title)}: {Html(NetworkText.Of(training.Network))}; {training.Steps:n0} steps of {training.Batch} crops of {training.Patch} x {training.Patch}, learning rate {FormattableString.Invariant($"{training.LearningRate}")} ({Html(training.Schedule)}); {training.Data.Count} images of {Html(training.Data.Name)}; seed {training.Seed}</li>";
}
