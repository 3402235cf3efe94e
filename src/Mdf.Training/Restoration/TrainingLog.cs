using System.Globalization;
using Mdf.IO;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Mdf.Training.Restoration;

/// <summary>A table of how a training went, as CSV and, if wanted, for TensorBoard.</summary>
internal sealed class TrainingLog
{
    /// <summary>The file's name.</summary>
    public const string FileName = "log.csv";

    private const string TensorBoardFolder = "tensorboard";
    private const string EventFiles = "events.out.tfevents.*";

    private readonly string path;
    private readonly IReadOnlyList<string> columns;
    private readonly SummaryWriter? writer;

    /// <param name="folder">The folder for its files.</param>
    /// <param name="columns">The names of what follows the step.</param>
    /// <param name="step">The last step to keep of an earlier run; what comes after is cut off.</param>
    /// <param name="forTensorBoard">Whether to write it for TensorBoard too.</param>
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

    /// <summary>Adds a row; what is null stays empty.</summary>
    public void Add(int step, IReadOnlyList<double?> values)
    {
        File.AppendAllText(path, string.Join(',', values.Select(v => v?.ToString("g9", CultureInfo.InvariantCulture)).Prepend(step.ToString(CultureInfo.InvariantCulture))) + "\n");
        if (writer is not null)
        {
            Write(writer, step, values);
        }
    }

    // Nothing can be cut off TensorBoard's files: where rows are, they are written anew.
    private SummaryWriter Writer(string folder, string[]? kept)
    {
        foreach (string file in kept is not null && Directory.Exists(folder) ? Directory.GetFiles(folder, EventFiles) : [])
        {
            File.Delete(file);
        }

        SummaryWriter events = utils.tensorboard.SummaryWriter(folder);
        foreach (string row in kept ?? [])
        {
            Write(events, StepOf(row), [.. row.Split(',').Skip(1).Select(v => v.Length > 0 ? double.Parse(v, CultureInfo.InvariantCulture) : default(double?))]);
        }

        return events;
    }

    private void Write(SummaryWriter events, int step, IReadOnlyList<double?> values)
    {
        // TorchSharp writes ticks of .NET where TensorBoard expects seconds since 1970.
        long now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        foreach ((string column, double? value) in columns.Zip(values))
        {
            if (value is { } known)
            {
                events.add_scalar(column, (float)known, step, now);
            }
        }
    }

    // A row that the end of the process cut short is none.
    private int StepOf(string row) => row.Split(',') is [var first, .. var rest] && rest.Length == columns.Count
        && int.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out int step) ? step : int.MaxValue;
}
