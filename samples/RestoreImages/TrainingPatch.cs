using System.Globalization;

namespace RestoreImages;

/// <summary>A picture of a validation.</summary>
/// <param name="Step">Step of the training.</param>
/// <param name="Number">Number of the validation image, from 1.</param>
/// <param name="Png">The picture as a PNG file.</param>
internal sealed record TrainingPatch(int Step, int Number, byte[] Png)
{
    // A page of some megabytes is still quickly shown.
    private const int MostSteps = 12;

    /// <summary>
    /// Reads the pictures of a training, ordered by image and step. Of more than 12 steps, 12 are taken, evenly spaced with the last one.
    /// </summary>
    public static IReadOnlyList<TrainingPatch> Find(string training)
    {
        string folder = Path.Combine(training, "patches");
        (int Step, int Number, string Path)[] all = Directory.Exists(folder)
            ? [.. Directory.GetFiles(folder, "*.png").Select(Parsed).OfType<(int, int, string)>()]
            : [];
        int[] steps = [.. all.Select(p => p.Step).Distinct().Order()];
        HashSet<int> taken = steps.Length <= MostSteps
            ? [.. steps]
            : [.. Enumerable.Range(1, MostSteps).Select(i => steps[(i * steps.Length / MostSteps) - 1])];
        return
        [
            .. all.Where(p => taken.Contains(p.Step)).OrderBy(p => p.Number).ThenBy(p => p.Step)
                .Select(p => new TrainingPatch(p.Step, p.Number, File.ReadAllBytes(p.Path))),
        ];
    }

    private static (int Step, int Number, string Path)? Parsed(string path) =>
        Path.GetFileNameWithoutExtension(path).Split('-') is [var step, var number]
        && int.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out int s)
        && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int n)
            ? (s, n, path)
            : null;
}
