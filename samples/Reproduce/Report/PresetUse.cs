using System.Globalization;
using Reproduce.Manifold;
using Reproduce.Presets;
using Reproduce.Sensitivity;
using Reproduce.Trainings;

namespace Reproduce.Report;

/// <summary>
/// A preset that some results belong to. Results are recognised by their network or by the side of their crops, which differ between
/// presets.
/// </summary>
/// <param name="Preset">The preset.</param>
/// <param name="Departures">Differences between the settings of the results and the preset, as text.</param>
internal sealed record PresetUse(Preset Preset, IReadOnlyList<string> Departures)
{
    /// <summary>Returns the presets of results, smallest first.</summary>
    public static IReadOnlyList<PresetUse> Of(
        IEnumerable<EvaluationDescription> evaluations,
        IEnumerable<SensitivityDescription> sensitivities,
        IEnumerable<ManifoldDescription> manifolds)
    {
        EvaluationDescription[] trained = [.. evaluations.Where(e => e.Training is not null)];
        SensitivityDescription[] seen = [.. sensitivities];
        ManifoldDescription[] placed = [.. manifolds];
        return
        [
            .. from preset in AllPresets.Names.Select(AllPresets.Find)
               let ofTrainings = trained.Where(e => preset.Training[e.Application].Network == e.Training!.Network).ToArray()
               let ofSensitivities = seen.Where(s => s.Side == preset.Sensitivity.Side).ToArray()
               let ofManifolds = placed.Where(m => m.Side == preset.Manifold.Side).ToArray()
               where ofTrainings.Length + ofSensitivities.Length + ofManifolds.Length > 0
               select new PresetUse(preset,
               [
                   .. ofTrainings.SelectMany(e => Departing(preset, e))
                       .Concat(ofSensitivities.SelectMany(s => Departing(preset, s)))
                       .Concat(ofManifolds.SelectMany(m => Count("manifold", m.Data.Count, preset.Manifold.Images))).Distinct(),
               ]),
        ];
    }

    private static IEnumerable<string> Departing(Preset preset, EvaluationDescription evaluation)
    {
        TrainingDescription training = evaluation.Training!;
        TrainingSettings expected = preset.Training[evaluation.Application];
        string title = Application.All.Single(a => a.Key == evaluation.Application).Title;
        (string Name, double Here, double There)[] numbers =
        [
            ("steps", training.Steps, expected.Steps),
            ("crops per step", training.Batch, expected.Batch),
            ("side of the crops", training.Patch, expected.Patch),
            ("learning rate", training.LearningRate, expected.LearningRate),
        ];
        return numbers.Where(n => n.Here != n.There).Select(n => Different(title, n.Name, n.Here, n.There))
            .Concat(Count($"{title}, {evaluation.Data.Name}", evaluation.Data.Count, preset.TestImages));
    }

    private static IEnumerable<string> Departing(Preset preset, SensitivityDescription sensitivity) =>
        Count("sensitivity", sensitivity.Data.Count, preset.Sensitivity.Images)
            .Concat(sensitivity.Levels.SequenceEqual(preset.Levels)
                ? []
                : [$"sensitivity: levels {Levels(sensitivity.Levels)} dB instead of {Levels(preset.Levels)}"]);

    private static string Levels(IEnumerable<double> levels) => string.Join(", ", levels.Select(Text));

    private static IEnumerable<string> Count(string what, int here, int there) =>
        here == there ? [] : [Different(what, "test images", here, there)];

    private static string Different(string what, string name, double here, double there) =>
        $"{what}: {name} {Text(here)} instead of {Text(there)}";

    private static string Text(double number) => number.ToString(number >= 1 ? "#,0.##" : "g3", CultureInfo.InvariantCulture);
}
