using Reproduce.Trainings;
using static Reproduce.Report.Numbers;

namespace Reproduce.Report.Sections;

/// <summary>Lists settings, training times, software and hardware of the results.</summary>
internal static class RunsSection
{
    public static string Of(ReportData data)
    {
        IEnumerable<string> settings = data.Tables.Concat(data.Scales).Concat(data.Seeds).Concat(data.Lambdas).Concat(data.Features)
            .Select(t => t.Training with { Loss = new Losses.LossDescription { Name = "" } }).Distinct().Select(Setting);
        IEnumerable<string> times = data.Tables.SelectMany(t => t.Columns.Select(c => Time(t, c)));
        string environments = string.Concat(EnvironmentText.Of(data.Environments).Select(e => $"<li>{Html(e)}</li>"));
        return $"""
            <p class="note">Each result is a JSON file in the folder <code>runs</code>, with all settings needed to repeat the
            experiment.</p>
            <div class="card"><h3>Trainings</h3><ul>{string.Concat(settings)}</ul>
            <p class="note">Adam; random positions and orientations of the crops; PSNR and SSIM of RGB, all pixels, rounded to 8 bits.</p>
            <details><summary>Training times</summary><div class="scroll" tabindex="0" role="region" aria-label="Table of training times">
            <table><thead><tr><th scope="col">Application, test set</th><th scope="col">Loss</th><th scope="col">Time</th></tr></thead>
            <tbody>{string.Concat(times)}</tbody></table></div></details>
            <h3>Software and hardware</h3>
            <ul class="note">{environments}</ul></div>
            """;
    }

    private static string Time(TableView table, TableColumn column)
    {
        string time = column.Run.TrainingTime is { } duration ? $"{Text(duration.TotalSeconds, 0)} s" : "–";
        return $"<tr><th scope=\"row\">{Html(table.Title)}</th><td>{Html(column.Label)}</td><td>{time}</td></tr>";
    }

    private static string Setting(TrainingDescription training) =>
        $"<li>{Html(Application.All.Single(a => a.Key == training.Application).Title)}: {Html(NetworkText.Of(training.Network))}; "
        + $"{training.Steps:n0} steps of {training.Batch} crops of {training.Patch} x {training.Patch}, "
        + $"learning rate {FormattableString.Invariant($"{training.LearningRate}")} ({Html(training.Schedule)}); "
        + $"{training.Data.Count} images of {Html(training.Data.Name)}; seed {training.Seed}</li>";
}
