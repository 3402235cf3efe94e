using System.Diagnostics;
using System.Globalization;
using Mdf.Checkpoints;
using Mdf.Data;
using Mdf.IO;
using Mdf.Models.Restoration;
using Microsoft.Extensions.Logging;
using TorchSharp;
using static TorchSharp.torch;

namespace Mdf.Training;

/// <summary>The steps of a training, and around them data, log, validation, checkpoints and state.</summary>
internal sealed partial class RestorationRun : IDisposable
{
    private const string Format = "mdf-restoration-training 1";
    private const int PrefetchElsewhere = 4;
    private const string StateFileName = "state.safetensors";
    private const string BestFileName = "best.ckpt";
    private const string LastFileName = "last.ckpt";
    private const string StepKey = "step";
    private const string LoggedKey = "logged";
    private const string BestStepKey = "best step";
    private const string BestPsnrKey = "best psnr";

    private readonly TrainingJob job;
    private readonly RestorationTrainingOptions options;
    private readonly ILogger logger;
    private readonly ITrainingStep training;
    private readonly WeightAverage? average;
    private readonly ImagePairs pairs;
    private readonly string? stateFile;
    private readonly IReadOnlyDictionary<string, string> identity;
    private readonly Tensor sums;
    private readonly Stopwatch total = Stopwatch.StartNew();
    private readonly Stopwatch window = new();
    private IDisposable? claim;
    private TrainingLog? log;
    private int step;
    private int begunAt;
    private int logged;
    private int saved = -1;
    private int windowSteps;
    private int skipsLogged;
    private (int Step, double Psnr)? best;
    private double? lastLoss;
    private double? lastSpeed;
    private RestorationScores? scores;

    /// <param name="job">What is trained, and how; the network is on its device.</param>
    /// <param name="training">What is done with a batch; owned from here on.</param>
    public RestorationRun(TrainingJob job, ITrainingStep training)
    {
        this.job = job;
        this.training = training;
        options = job.Options;
        logger = job.Logger;
        identity = job.Identity();
        pairs = new ImagePairs(job.Images, job.Degradation, job.Network.Scale, job.Network.Channels);
        average = options.EmaDecay is { } decay ? new WeightAverage(job.Network, decay) : null;
        sums = zeros(training.Terms.Count, ScalarType.Float64, job.Device).DetachFromDisposeScope();
        stateFile = job.OutputFolder is null ? null : Path.Combine(job.OutputFolder, StateFileName);
    }

    private RestorationNetwork Restored => average?.Network ?? job.Network;

    private IEnumerable<KeyValuePair<string, Tensor>> Tensors =>
        training.Tensors
            .Concat(average?.Network.state_dict().Select(t => KeyValuePair.Create($"average.{t.Key}", t.Value)) ?? [])
            .Append(KeyValuePair.Create("log.sums", sums));

    /// <summary>Does all steps that an earlier run has not done.</summary>
    public RestorationTrainingResult Run(CancellationToken cancellation)
    {
        Open();
        job.Network.train();
        using var batches = new BatchPrefetch(MakeBatch, step, options.Steps, options.PrefetchDepth ?? (job.Device.type == DeviceType.CPU ? 0 : PrefetchElsewhere));
        bool isReported = ReportIfDue(cancellation);
        while (isReported && step < options.Steps && !cancellation.IsCancellationRequested)
        {
            Advance(batches);
            isReported = ReportIfDue(cancellation);
            if (isReported && step % options.SaveInterval == 0)
            {
                Save();
            }

            TellProgress();
        }

        if (saved < step)
        {
            Save();
        }

        LogSkipped();
        average?.Apply();
        job.Network.eval();
        return new RestorationTrainingResult
        {
            Step = step,
            IsComplete = isReported && step == options.Steps,
            Validation = scores,
            BestPsnr = best?.Psnr,
            BestStep = best?.Step,
            Skipped = pairs.Skipped,
        };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        training.Dispose();
        average?.Dispose();
        sums.Dispose();
        claim?.Dispose();
    }

    private void Open()
    {
        if (stateFile is null)
        {
            return;
        }

        Directory.CreateDirectory(job.OutputFolder!);
        claim = FileLock.Take(stateFile, $"'{job.OutputFolder}' is in use by another training; wait for its end, or name another folder.");
        if (File.Exists(stateFile))
        {
            using StateDictionary state = TrainingState.Load(stateFile, Format, identity, TrainingJob.ValidationOptionsKey);
            TrainingState.Restore(stateFile, state, Tensors);
            step = begunAt = saved = TrainingState.Number(stateFile, state, StepKey, options.Steps);
            logged = TrainingState.Number(stateFile, state, LoggedKey, step);
            if (state.Metadata.ContainsKey(BestStepKey))
            {
                best = (TrainingState.Number(stateFile, state, BestStepKey, step), double.Parse(state.Metadata[BestPsnrKey], CultureInfo.InvariantCulture));
            }

            training.ContinueAfter(step);
            LogResumed(stateFile, step);
        }

        string[] columns = ["learning_rate", "images_per_second", "resident_mib", "validation_psnr", "validation_ssim"];
        string[] all = [.. training.Terms, .. columns, .. options.Validation.Lpips is null ? Array.Empty<string>() : ["validation_lpips"]];
        log = new TrainingLog(job.OutputFolder!, all, logged, options.TensorBoard);
        if (saved < 0)
        {
            // A folder that cannot be written to is better known now than after an hour.
            Save();
        }
    }

    private PairedBatch MakeBatch(int number) =>
        pairs.Patches(options.BatchSize, options.PatchSize, new SeedSequence(options.Seed).Random(SeedSequence.Purpose.Patches, number));

    private double RateOf(int done) => options.LearningRate * options.Schedule.FactorAt(done, options.Steps);

    private void Advance(BatchPrefetch batches)
    {
        using var scope = NewDisposeScope();
        window.Start();
        using PairedBatch batch = batches.Take();
        training.SetRate(RateOf(step));
        sums.Add(training.Run(batch.Degraded.to(job.Device), batch.Reference.to(job.Device)));
        average?.Update();
        step++;
        windowSteps++;
    }

    // Whether nothing is left to report: a validation that was cancelled is done again when training goes on.
    private bool ReportIfDue(CancellationToken cancellation)
    {
        bool validates = job.Validation is not null && (step % options.ValidationInterval == 0 || step == options.Steps);
        if (step == logged || !(validates || step % options.LogInterval == 0 || step == options.Steps))
        {
            return true;
        }

        double[] means = [.. Read(sums).Select(s => s / (step - logged))];
        window.Stop();
        RequireGood(means);
        RestorationScores? validation = null;
        if (validates)
        {
            try
            {
                validation = Validate(cancellation);
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                return false;
            }
        }

        lastLoss = means[0];
        lastSpeed = windowSteps > 0 ? windowSteps * options.BatchSize / window.Elapsed.TotalSeconds : null;
        double?[] perceptual = options.Validation.Lpips is null ? [] : [validation?.Lpips];
        log?.Add(
            step, [.. means, RateOf(step - 1), lastSpeed, Environment.WorkingSet / (1024.0 * 1024), validation?.Psnr, validation?.Ssim, .. perceptual]);
        LogSkipped();
        sums.zero_().Dispose();
        window.Reset();
        windowSteps = 0;
        logged = step;
        return true;
    }

    private RestorationScores Validate(CancellationToken cancellation)
    {
        scores = RestorationEvaluation.Evaluate(Restored, job.Validation!, job.Degradation, options.Validation, progress: null, cancellation);
        if (best is null || scores.Psnr > best.Value.Psnr)
        {
            best = (step, scores.Psnr);
            if (job.OutputFolder is { } folder)
            {
                RequireFiniteWeights();
                Restored.Save(Path.Combine(folder, BestFileName), job.CheckpointMetadata(step));
            }
        }

        return scores;
    }

    private void Save()
    {
        RequireGood(Read(sums));
        window.Stop();
        RequireFiniteWeights();
        if (stateFile is not null)
        {
            var position = new Dictionary<string, string>
            {
                [StepKey] = step.ToString(CultureInfo.InvariantCulture),
                [LoggedKey] = logged.ToString(CultureInfo.InvariantCulture),
            };
            if (best is { } known)
            {
                position[BestStepKey] = known.Step.ToString(CultureInfo.InvariantCulture);
                position[BestPsnrKey] = known.Psnr.ToString("r", CultureInfo.InvariantCulture);
            }

            TrainingState.Save(stateFile, Format, identity, position, Tensors);
            Restored.Save(Path.Combine(job.OutputFolder!, LastFileName), job.CheckpointMetadata(step));
            training.SaveOthers(job.OutputFolder!, job.CheckpointMetadata(step));
        }

        saved = step;
    }

    // Here the device is waited for.
    private static double[] Read(Tensor values)
    {
        using var scope = NewDisposeScope();
        return values.cpu().data<double>().ToArray();
    }

    private void RequireGood(double[] values)
    {
        int bad = Array.FindIndex(values, v => !double.IsFinite(v));
        if (bad >= 0)
        {
            throw new TrainingDivergedException(null, step, $"the {training.Terms[bad]} is not finite", stateFile);
        }
    }

    private void RequireFiniteWeights()
    {
        if (TrainingState.Trouble(Tensors) is { } trouble)
        {
            throw new TrainingDivergedException(null, step, trouble, stateFile);
        }
    }

    private void TellProgress() => job.Progress?.Report(new RestorationTrainingProgress
    {
        Step = step,
        Steps = options.Steps,
        Loss = lastLoss,
        LearningRate = RateOf(step - 1),
        ImagesPerSecond = lastSpeed,
        Validation = scores,
        Elapsed = total.Elapsed,
        Remaining = total.Elapsed * ((options.Steps - step) / (double)(step - begunAt)),
    });

    private void LogSkipped()
    {
        IReadOnlyList<SkippedImage> skipped = pairs.Skipped;
        for (; skipsLogged < skipped.Count; skipsLogged++)
        {
            LogSkip(skipped[skipsLogged].Name, skipped[skipsLogged].Reason);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Going on from '{StateFile}': {Step} steps done.")]
    private partial void LogResumed(string stateFile, int step);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Image '{Name}' is left out: {Reason}")]
    private partial void LogSkip(string name, string reason);
}
