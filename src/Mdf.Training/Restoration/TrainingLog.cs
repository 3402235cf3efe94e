using System.Globalization;
using Mdf.Imaging;
using Mdf.IO;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Mdf.Training.Restoration;

/// <summary>Writes the log of a training as CSV and, if wanted, for TensorBoard.</summary>
internal sealed class TrainingLog
{
    /// <summary>Name of the CSV file.</summary>
    public const string FileName = "log.csv";

    private const string TensorBoardFolder = "tensorboard";
    private const string EventFiles = "events.out.tfevents.*";

    private readonly string path;
    private readonly IReadOnlyList<string> columns;
    private readonly SummaryWriter? writer;

    /// <summary>Opens the log of a training, and removes the rows that a resumed training will write again.</summary>
    /// <param name="folder">Folder of the log files.</param>
    /// <param name="columns">Names of the columns after the step.</param>
    /// <param name="step">Last step whose row is kept from an earlier run; later rows are removed.</param>
    /// <param name="forTensorBoard">Whether to write for TensorBoard too.</param>
    public TrainingLog(string folder, IReadOnlyList<string> columns, int step, bool forTensorBoard)
    {
        path = Path.Combine(folder, FileName);
        this.columns = columns;
        string header = string.Join(',', columns.Prepend("step"));
        string[] rows = File.Exists(path) ? [.. File.ReadLines(path).Skip(1)] : [];
        string[] kept = [.. rows.Where(r => StepOf(r) <= step)];
        AtomicFile.Write(path, stream =>
        {
            using var text = new StreamWriter(stream, leaveOpen: true);
            foreach (string line in kept.Prepend(header))
            {
                text.Write(line + "\n");
            }
        });

        if (forTensorBoard)
        {
            writer = Writer(Path.Combine(folder, TensorBoardFolder), rows.Length > kept.Length ? kept : null);
        }
    }

    /// <summary>Adds a row; null values stay empty.</summary>
    public void Add(int step, IReadOnlyList<double?> values)
    {
        IEnumerable<string?> cells = values.Select(v => v?.ToString("g9", CultureInfo.InvariantCulture));
        File.AppendAllText(path, string.Join(',', cells.Prepend(step.ToString(CultureInfo.InvariantCulture))) + "\n");
        if (writer is not null)
        {
            Write(writer, step, values);
        }
    }

    // Rows cannot be removed from TensorBoard's event files, so the files are deleted and the kept rows are written again.
    private SummaryWriter Writer(string folder, string[]? kept)
    {
        foreach (string file in kept is not null && Directory.Exists(folder) ? Directory.GetFiles(folder, EventFiles) : [])
        {
            File.Delete(file);
        }

        SummaryWriter events = utils.tensorboard.SummaryWriter(folder);
        foreach (string row in kept ?? [])
        {
            IEnumerable<double?> values = row.Split(',')
                .Skip(1)
                .Select(v => v.Length > 0 ? double.Parse(v, CultureInfo.InvariantCulture) : default(double?));
            Write(events, StepOf(row), [.. values]);
        }

        return events;
    }

    private void Write(SummaryWriter events, int step, IReadOnlyList<double?> values)
    {
        // Without an explicit time TorchSharp writes .NET ticks, but TensorBoard expects seconds since 1970.
        long now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        foreach ((string column, double? value) in columns.Zip(values))
        {
            if (value is { } known)
            {
                events.add_scalar(column, (float)known, step, now);
            }
        }

        foreach ((int index, string picture) in ValidationPatches.Find(Path.GetDirectoryName(path)!, step).Index())
        {
            using Tensor pixels = ImageFile.Read(picture);
            events.add_img($"validation/{index + 1}", pixels, step, now, "NCHW");
        }
    }

    // An incomplete row, written when the process was killed, counts as infinitely late and is removed.
    private int StepOf(string row) => row.Split(',') is [var first, .. var rest] && rest.Length == columns.Count
        && int.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out int step) ? step : int.MaxValue;
}
