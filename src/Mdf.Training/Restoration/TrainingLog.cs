using System.Globalization;
using Mdf.IO;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Mdf.Training;

/// <summary>A table of how a training went, as CSV and, if wanted, for TensorBoard.</summary>
internal sealed class TrainingLog
{
    /// <summary>The file's name.</summary>
    public const string FileName = "log.csv";

    private const string TensorBoardFolder = "tensorboard";

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
        writer = forTensorBoard ? utils.tensorboard.SummaryWriter(Path.Combine(folder, TensorBoardFolder)) : null;
        string header = string.Join(',', columns.Prepend("step"));
        string[] rows = step > 0 && File.Exists(path) ? File.ReadAllLines(path) : [];
        AtomicFile.Write(path, stream =>
        {
            using var text = new StreamWriter(stream, leaveOpen: true);
            foreach (string line in rows.Skip(1).Where(r => StepOf(r) <= step).Prepend(header))
            {
                text.Write(line + "\n");
            }
        });
    }

    /// <summary>Adds a row; what is null stays empty.</summary>
    public void Add(int step, IReadOnlyList<double?> values)
    {
        File.AppendAllText(path, string.Join(',', values.Select(v => v?.ToString("g9", CultureInfo.InvariantCulture)).Prepend(step.ToString(CultureInfo.InvariantCulture))) + "\n");
        if (writer is null)
        {
            return;
        }

        // TorchSharp writes ticks of .NET where TensorBoard expects seconds since 1970.
        long now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        foreach ((string column, double? value) in columns.Zip(values))
        {
            if (value is { } known)
            {
                writer.add_scalar(column, (float)known, step, now);
            }
        }
    }

    // A row that the end of the process cut short is none.
    private int StepOf(string row) => row.Split(',') is [var first, .. var rest] && rest.Length == columns.Count
        && int.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out int step) ? step : int.MaxValue;
}
