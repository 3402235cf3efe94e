using System.Globalization;
using Mdf.Checkpoints;
using Mdf.IO;
using Microsoft.Extensions.Logging;
using static TorchSharp.torch;

namespace Mdf.Training.Restoration;

/// <summary>Reads and writes the files from which a training resumes, and its checkpoints. The output folder is locked meanwhile.</summary>
internal sealed partial class RestorationState : IDisposable
{
    private const string Format = "mdf-restoration-training 1";
    private const string StateFileName = "state.safetensors";
    private const string BestFileName = "best.ckpt";
    private const string LastFileName = "last.ckpt";
    private const string StepKey = "step";
    private const string StepsKey = "steps";
    private const string LoggedKey = "logged";
    private const string BestStepKey = "best step";
    private const string BestValueKey = "best value";

    // States of earlier versions have PSNR alone.
    private const string BestPsnrKey = "best psnr";

    private readonly TrainingJob job;
    private readonly ILogger logger;
    private readonly ITrainingStep training;
    private readonly WeightAverage? average;
    private readonly Tensor sums;
    private readonly IReadOnlyDictionary<string, string> identity;
    private readonly string? path;
    private OutputFolder? folder;
    private IDisposable? folderLock;

    /// <param name="job">The settings and the input.</param>
    /// <param name="training">Its weights and moments are saved.</param>
    /// <param name="average">The moving average of the weights, if there is one; saved too.</param>
    /// <param name="sums">The report's sums; saved too.</param>
    public RestorationState(TrainingJob job, ITrainingStep training, WeightAverage? average, Tensor sums)
    {
        this.job = job;
        logger = job.Logger;
        this.training = training;
        this.average = average;
        this.sums = sums;
        identity = job.Identity();
        path = job.Input.OutputFolder is { } output ? Path.Combine(output, StateFileName) : null;
    }

    /// <summary>Step of the last state that was saved or resumed; 0 before the first.</summary>
    public int SavedAt { get; private set; }

    /// <summary>The state file; null where nothing is written.</summary>
    public string? StateFile => path;

    private IEnumerable<KeyValuePair<string, Tensor>> Tensors =>
        training.Tensors
            .Concat(average?.Tensors.Select(t => KeyValuePair.Create($"average.{t.Key}", t.Value)) ?? [])
            .Append(KeyValuePair.Create("log.sums", sums));

    /// <summary>Reads the progress of the state in a folder; null if there is none, or none with a step done.</summary>
    public static SavedRestorationTraining? Find(string outputFolder)
    {
        string path = Path.Combine(outputFolder, StateFileName);
        if (!File.Exists(path))
        {
            return null;
        }

        using StateDictionary state = TrainingState.Load(path, Format);
        int step = TrainingState.Number(path, state, StepKey);
        if (step == 0)
        {
            return null;
        }

        (int Step, double Value)? best = BestOf(path, state, step);
        int steps = StepsOf(path, state);
        return new SavedRestorationTraining
        {
            Step = step,
            Steps = steps,
            IsComplete = step >= steps && TrainingState.Number(path, state, LoggedKey) == step,
            BestValue = best?.Value,
            BestStep = best?.Step,
        };
    }

    /// <summary>Evaluates with the moving average of the weights, if there is one.</summary>
    public RestorationScores Validate(CancellationToken cancellation)
    {
        using IDisposable? averaged = average?.Use();
        return RestorationEvaluation.Evaluate(
            job.Input.Network, job.Input.ValidatedPairs()!, job.Options.Validation, progress: null, job.Team, cancellation);
    }

    /// <summary>Writes the pictures of a validation, if they are wanted.</summary>
    public void SavePatches(int step)
    {
        if (path is not null && job.Options.ValidationPatches > 0)
        {
            using IDisposable? averaged = average?.Use();
            ValidationPatches.Write(
                job.Input.OutputFolder!,
                step,
                job.Input.Network,
                job.Input.ValidatedPairs()!,
                job.Options.ValidationPatches,
                job.Options.Validation.Seed);
        }
    }

    /// <summary>
    /// Locks the folder and restores the state in it, if there is one with a step done. Several processes go on from that of the first.
    /// </summary>
    /// <returns>The position to resume from; all zeros for a new training.</returns>
    public RestorationPosition Open()
    {
        RestorationPosition position = job.Team.Share(OpenOwn());
        job.Team.Synchronize(Tensors);
        if (job.Team.Rank > 0)
        {
            training.ContinueAfter(position.Step);
            SavedAt = position.Step;
        }

        return position;
    }

    private RestorationPosition OpenOwn()
    {
        if (path is null)
        {
            return default;
        }

        folder = new OutputFolder(job.Input.OutputFolder!);
        folderLock = FileLock.Take(
            path, $"'{job.Input.OutputFolder}' is in use by another training; wait for its end, or choose another folder.");
        if (!File.Exists(path))
        {
            return default;
        }

        using StateDictionary state = TrainingState.Load(path, Format);
        int step = TrainingState.Number(path, state, StepKey);
        if (step == 0)
        {
            // A start that came to nothing, of whatever settings, is replaced.
            return default;
        }

        TrainingState.RequireIdentity(path, state, identity, TrainingJob.ValidationOptionsKey);
        RequireEnoughSteps(path, step);
        TrainingState.Restore(path, state, Tensors);
        if (StepsOf(path, state) is var before && before != job.Options.Steps)
        {
            LogOtherSteps(before, job.Options.Steps, job.Options.Schedule);
        }

        (int, double)? best = BestOf(path, state, step);
        training.ContinueAfter(step);
        SavedAt = step;
        LogResumed(path, step);
        return new RestorationPosition(step, TrainingState.Number(path, state, LoggedKey, step), best);
    }

    /// <summary>Writes the state and <c>last.ckpt</c>.</summary>
    /// <exception cref="TrainingDivergedException">A weight is not finite; the files keep the last good state.</exception>
    public void Save(RestorationPosition position)
    {
        // Processors of several kinds may have rounded differently: what is saved is what all go on from.
        job.Team.Synchronize(Tensors);
        RequireFiniteWeights(position.Step);
        if (path is not null)
        {
            var metadata = new Dictionary<string, string>
            {
                [StepKey] = position.Step.ToString(CultureInfo.InvariantCulture),
                [StepsKey] = job.Options.Steps.ToString(CultureInfo.InvariantCulture),
                [LoggedKey] = position.Logged.ToString(CultureInfo.InvariantCulture),
            };
            if (position.Best is { } best)
            {
                metadata[BestStepKey] = best.Step.ToString(CultureInfo.InvariantCulture);
                metadata[BestValueKey] = best.Value.ToString("r", CultureInfo.InvariantCulture);
            }

            TrainingState.Save(path, Format, identity, metadata, Tensors);
            SaveCheckpoint(LastFileName, position.Step);
            training.SaveOthers(job.Input.OutputFolder!, job.CheckpointMetadata(position.Step));
        }

        SavedAt = position.Step;
    }

    /// <summary>Writes <c>best.ckpt</c>.</summary>
    /// <exception cref="TrainingDivergedException">A weight is not finite.</exception>
    public void SaveBest(int step)
    {
        RequireFiniteWeights(step);
        if (path is not null)
        {
            SaveCheckpoint(BestFileName, step);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        folderLock?.Dispose();
        folder?.Dispose();
    }

    private static (int Step, double Value)? BestOf(string path, StateDictionary state, int step) =>
        state.Metadata.ContainsKey(BestStepKey)
            ? (TrainingState.Number(path, state, BestStepKey, step),
               double.Parse(
                   state.Metadata.GetValueOrDefault(BestValueKey) ?? state.Metadata[BestPsnrKey], CultureInfo.InvariantCulture))
            : null;

    // States of earlier versions have the number of steps in their identity.
    private static int StepsOf(string path, StateDictionary state) =>
        int.TryParse(
            TrainingState.Identity(state, nameof(RestorationTrainingOptions.Steps)),
            NumberStyles.None,
            CultureInfo.InvariantCulture,
            out int steps)
            ? steps
            : TrainingState.Number(path, state, StepsKey);

    private void RequireEnoughSteps(string stateFile, int done)
    {
        if (done > job.Options.Steps)
        {
            string steps = nameof(RestorationTrainingOptions.Steps);
            throw new TrainingStateException(
                stateFile,
                "number of steps done",
                done.ToString(CultureInfo.InvariantCulture),
                $"at most {steps}, {job.Options.Steps}",
                $"Set {steps} to at least {done}.");
        }
    }

    private void SaveCheckpoint(string name, int step)
    {
        using IDisposable? averaged = average?.Use();
        job.Input.Network.Save(Path.Combine(job.Input.OutputFolder!, name), job.CheckpointMetadata(step));
    }

    private void RequireFiniteWeights(int step)
    {
        if (TrainingState.Trouble(Tensors) is { } trouble)
        {
            throw new TrainingDivergedException(null, step, trouble, path);
        }
    }

    [LoggerMessage(
        EventId = 300,
        Level = LogLevel.Information,
        Message = "The total number of steps was {Before} and is {Now}; the learning rate follows the schedule '{Schedule}' for {Now}.")]
    private partial void LogOtherSteps(int before, int now, LearningRateSchedule schedule);

    [LoggerMessage(EventId = 301, Level = LogLevel.Information, Message = "Resuming from '{StateFile}' after {Step} steps.")]
    private partial void LogResumed(string stateFile, int step);
}
