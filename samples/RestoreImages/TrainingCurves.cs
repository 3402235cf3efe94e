using System.Globalization;

namespace RestoreImages;

/// <summary>The columns of a training's log.</summary>
/// <param name="Steps">Step of each row.</param>
/// <param name="Columns">Name and values of each other column, in the log's order; null where a row has no value.</param>
internal sealed record TrainingCurves(IReadOnlyList<int> Steps, IReadOnlyList<(string Name, IReadOnlyList<double?> Values)> Columns)
{
    /// <summary>Reads a log.</summary>
    /// <exception cref="ArgumentException">The file is no such log, or has no row yet; the message says where.</exception>
    public static TrainingCurves Read(string path)
    {
        string[] lines = File.ReadAllLines(path);
        string[] names = lines.Length > 0 ? lines[0].Split(',') : [];
        if (names.Length < 2 || names[0] != "step")
        {
            throw new ArgumentException($"'{path}' is no log of a training: its first line must begin with 'step,'.");
        }

        string[][] rows = [.. lines.Skip(1).Select(line => line.Split(','))];
        if (rows.Length == 0)
        {
            throw new ArgumentException($"'{path}' has no row yet; wait for the training's first log line (--log-interval).");
        }

        int bad = Array.FindIndex(
            rows, row => row.Length != names.Length || row.Index().Any(cell => !IsNumber(cell.Item, isStep: cell.Index == 0)));
        return bad < 0
            ? new TrainingCurves(
                [.. rows.Select(row => int.Parse(row[0], NumberStyles.None, CultureInfo.InvariantCulture))],
                [.. names.Skip(1).Select((name, i) => (name, (IReadOnlyList<double?>)[.. rows.Select(row => Number(row[i + 1]))]))])
            : throw new ArgumentException($"'{path}' is damaged: line {bad + 2} does not hold {names.Length} numbers.");
    }

    private static bool IsNumber(string cell, bool isStep) => isStep
        ? int.TryParse(cell, NumberStyles.None, CultureInfo.InvariantCulture, out _)
        : cell.Length == 0 || double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out _);

    private static double? Number(string cell) => cell.Length == 0 ? null : double.Parse(cell, CultureInfo.InvariantCulture);
}
