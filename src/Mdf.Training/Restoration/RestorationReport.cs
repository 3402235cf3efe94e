using System.Diagnostics;
using Mdf.Data;
using Mdf.TorchCompatibility;
using Microsoft.Extensions.Logging;
using static TorchSharp.torch;

namespace Mdf.Training.Restoration;

/// <summary>Reports on a training: log lines, validations, progress and skipped images.</summary>
internal sealed partial class RestorationReport : IDisposable
{
    private readonly TrainingJob job;
    private readonly RestorationTrainingOptions options;
    private readonly ILogger logger;
    private readonly IReadOnlyList<string> terms;
    private readonly ImagePairs pairs;
    private readonly Stopwatch total = Stopwatch.StartNew();
    private readonly Stopwatch window = new();
    private TrainingLog? log;
    private string? stateFile;
    private long windowPatches;
    private int begunAt;
    private int skipsLogged;
    private double? lastLoss;
    private double? lastSpeed;

    /// <param name="job">The settings and the input.</param>
    /// <param name="terms">Names of the values of a step, the loss first.</param>
    /// <param name="pairs">Where skipped images are found.</param>
    public RestorationReport(TrainingJob job, IReadOnlyList<string> terms, ImagePairs pairs)
    {
        this.job = job;
        this.terms = terms;
        this.pairs = pairs;
        options = job.Options;
        logger = job.Logger;
        Sums = zeros(terms.Count, ScalarType.Float64, job.Device).DetachFromDisposeScope();
    }

    /// <summary>Sums of the steps' values since the last log line, on the training's device.</summary>
    public Tensor Sums { get; }

    /// <summary>Step of the last log line.</summary>
    public int Logged { get; private set; }

    /// <summary>Step and value of the best validation; null before the first.</summary>
    public (int Step, double Value)? Best { get; private set; }

    /// <summary>Scores of the last validation; null before the first.</summary>
    public RestorationScores? Scores { get; private set; }

    /// <summary>Starts from a position.</summary>
    /// <param name="position">The position to start from.</param>
    /// <param name="stateFile">The file that keeps the last good state, for messages.</param>
    public void Begin(RestorationPosition position, string? stateFile)
    {
        this.stateFile = stateFile;
        begunAt = position.Step;
        Logged = position.Logged;
        Best = position.Best;
    }

    /// <summary>Opens the log, cut off after the line of the position to start from. Without effect if it is open.</summary>
    public void OpenLog()
    {
        if (log is null && job.Input.OutputFolder is { } folder)
        {
            string[] columns = ["learning_rate", "images_per_second", "resident_mib", "validation_psnr", "validation_ssim"];
            string[] all =
            [
                .. terms,
                .. columns,
                .. options.Validation.Lpips is null ? Array.Empty<string>() : ["validation_lpips"],
                .. options.Validation.Additional.Select(metric => $"validation_{metric.Name}"),
            ];
            log = new TrainingLog(folder, all, Logged, options.TensorBoard);
        }
    }

    /// <summary>Starts the clock of a step.</summary>
    public void BeginStep() => window.Start();

    /// <summary>Adds the values of a step.</summary>
    /// <param name="values">One value for each term.</param>
    /// <param name="patches">Number of the step's patches.</param>
    public void Add(Tensor values, long patches)
    {
        Sums.Add(values);
        windowPatches += patches;
    }

    /// <summary>Validates and writes a log line, if a step calls for it.</summary>
    /// <returns>False if a validation was cancelled; it is repeated when training resumes.</returns>
    /// <exception cref="TrainingDivergedException">A value is not finite.</exception>
    public bool WriteIfDue(int step, RestorationState state, CancellationToken cancellation)
    {
        bool validates = job.IsValidated && (step % options.ValidationInterval == 0 || step == options.Steps);
        if (step == Logged || !(validates || step % options.LogInterval == 0 || step == options.Steps))
        {
            return true;
        }

        double[] means = [.. Read(Sums).Select(s => s / (step - Logged))];
        window.Stop();
        RequireFinite(means, step);
        RestorationScores? validation = null;
        if (validates)
        {
            try
            {
                validation = Validate(step, state, cancellation);
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested || job.Team.IsStopping)
            {
                return false;
            }
        }

        lastLoss = means[0];
        lastSpeed = windowPatches > 0 ? windowPatches / window.Elapsed.TotalSeconds : null;
        double?[] perceptual = options.Validation.Lpips is null ? [] : [validation?.Lpips];
        IEnumerable<double?> additional = options.Validation.Additional.Select(metric => validation?.Mean(metric.Name));
        double residentMib = Environment.WorkingSet / (1024.0 * 1024);
        OpenLog();
        double?[] usual = [.. means, job.RateAt(step - 1), lastSpeed, residentMib, validation?.Psnr, validation?.Ssim];
        log?.Add(step, [.. usual, .. perceptual, .. additional]);
        LogSkipped();
        Sums.zero_().Dispose();
        window.Reset();
        windowPatches = 0;
        Logged = step;
        return true;
    }

    /// <summary>Stops the clock and throws if a sum is not finite.</summary>
    /// <exception cref="TrainingDivergedException">A value is not finite.</exception>
    public void RequireFinite(int step)
    {
        RequireFinite(Read(Sums), step);
        window.Stop();
    }

    /// <summary>Throws if the last step's loss was not finite in one of several processes.</summary>
    /// <exception cref="TrainingDivergedException">A loss is not finite.</exception>
    public void RequireSound(int step)
    {
        if (job.Team.Diverged is { } rank)
        {
            throw new TrainingDivergedException(null, step, $"the loss of rank {rank} of {job.Team.Size} is not finite", stateFile);
        }
    }

    /// <summary>Reports the position to the caller.</summary>
    public void TellProgress(int step) => job.Progress?.Report(new RestorationTrainingProgress
    {
        Step = step,
        Steps = options.Steps,
        Loss = lastLoss,
        LearningRate = job.RateAt(step - 1),
        ImagesPerSecond = lastSpeed,
        Validation = Scores,
        Elapsed = total.Elapsed,
        Remaining = total.Elapsed * ((options.Steps - step) / (double)(step - begunAt)),
    });

    /// <summary>Logs images that were skipped since the last call.</summary>
    public void LogSkipped()
    {
        IReadOnlyList<SkippedImage> skipped = pairs.Skipped;
        for (; skipsLogged < skipped.Count; skipsLogged++)
        {
            LogSkip(skipped[skipsLogged].Name, skipped[skipsLogged].Reason);
        }
    }

    /// <summary>Logs a warning if the last validation found the restored images worse than the degraded ones.</summary>
    public void LogIfWorse()
    {
        if (Scores is { IsWorseThanDegraded: true } scores)
        {
            LogWorse(scores.Psnr, scores.DegradedPsnr);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Sums.Dispose();

    private RestorationScores Validate(int step, RestorationState state, CancellationToken cancellation)
    {
        Scores = state.Validate(cancellation);
        double value = Scores.Mean(options.BestBy);
        if (Best is null || options.IsBetter(value, Best.Value.Value))
        {
            Best = (step, value);
            state.SaveBest(step);
        }

        state.SavePatches(step);
        LogValidated(step, Scores.Psnr, Scores.Ssim, Best.Value.Step);

        return Scores;
    }

    // Waits for the device.
    private static double[] Read(Tensor values)
    {
        using var scope = NewDisposeScope();
        return values.cpu().data<double>().ToArray();
    }

    private void RequireFinite(double[] values, int step)
    {
        int bad = Array.FindIndex(values, v => !double.IsFinite(v));
        if (bad >= 0)
        {
            throw new TrainingDivergedException(null, step, $"the {terms[bad]} is not finite", stateFile);
        }
    }

    [LoggerMessage(
        EventId = 304,
        Level = LogLevel.Information,
        Message = "Validation after step {Step}: PSNR {Psnr:f2} dB, SSIM {Ssim:f4}. The best was after step {BestStep}.")]
    private partial void LogValidated(int step, double psnr, double ssim, int bestStep);

    [LoggerMessage(
        EventId = 302,
        Level = LogLevel.Warning,
        Message = "The network is worse than its input: the restored validation images have a PSNR of {Psnr:f2} dB, the degraded ones "
            + "{DegradedPsnr:f2} dB.")]
    private partial void LogWorse(double psnr, double degradedPsnr);

    [LoggerMessage(EventId = 303, Level = LogLevel.Warning, Message = "Skipping image '{Name}': {Reason}")]
    private partial void LogSkip(string name, string reason);
}
