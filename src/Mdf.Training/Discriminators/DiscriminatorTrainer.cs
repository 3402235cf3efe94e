using System.Globalization;
using System.Text.Json;
using Mdf.Checkpoints;
using Mdf.IO;
using Mdf.Models.Adversarial;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using static TorchSharp.torch;

namespace Mdf.Training.Discriminators;

/// <summary>
/// Trains the discriminators of the MDF loss for a task, from one natural image or a few: phase 1 of the paper. From the coarsest scale
/// to the finest, a generator learns to undo the task's distortion on the upscaled output of the scale before, and a discriminator to
/// tell what it makes from the image (WGAN-GP). The discriminators are kept.
/// </summary>
/// <remarks>
/// Mustafa et al., "Training a Task-Specific Image Reconstruction Loss", WACV 2022, section 3; Shaham et al., "SinGAN", ICCV 2019. The
/// authors published no code for this phase. Where the paper is silent, SinGAN's way is followed but for this: the generated image is
/// made anew for each step; the generator's error is that of any draw of the distortion, since each draw is to be restored to the same
/// image; a generator's output is added to the distorted image (<see cref="DiscriminatorTrainingOptions.Skip"/>); the outputs of finished
/// scales are drawn from a pool (<see cref="DiscriminatorTrainingOptions.PriorSampleCount"/>); and all biases start at zero.
/// </remarks>
public sealed partial class DiscriminatorTrainer
{
    private const string Format = "mdf-discriminator-training 1";
    private const string FinishedKey = "finished";
    private const string IterationKey = "iteration";

    // Trainings that gave good discriminators ended every scale at about 0.02 or more, one that gave bad ones at 0 and below.
    private const double IdleEstimate = 0.01;

    private readonly DiscriminatorTrainingOptions options;
    private readonly ILogger logger;

    /// <summary>Takes the settings.</summary>
    /// <param name="options">Null for the defaults.</param>
    /// <param name="logger">
    /// Told when scales begin, what was resumed, and, as a warning, when a scale's discriminator could not tell what the generator made from the
    /// image at its end: it has learned little then, and the loss made of it may be a poor one. Null for nobody.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    public DiscriminatorTrainer(DiscriminatorTrainingOptions? options = null, ILogger? logger = null)
    {
        this.options = options ?? new DiscriminatorTrainingOptions();
        this.options.Validate();
        this.logger = logger ?? NullLogger.Instance;
    }

    /// <summary>Trains all scales. This takes from minutes to hours; see <paramref name="progress"/>.</summary>
    /// <param name="images">The seed images, of one number of channels; one is enough, says the paper.</param>
    /// <param name="distortion">The task's distortion.</param>
    /// <param name="stateFile">
    /// The file that the state is saved to every <see cref="DiscriminatorTrainingOptions.SaveInterval"/> iterations, after each scale and
    /// on cancellation. If it is there, training goes on from it, and gives what it would have given without the stop. Null to save nothing.
    /// </param>
    /// <param name="device">Where to compute; null for the CPU.</param>
    /// <param name="progress">Told after each iteration.</param>
    /// <param name="cancellation">
    /// Ends the training after the iteration (after a scale's last one, once the next scale's images are made); the state is saved and what
    /// is finished is returned.
    /// </param>
    /// <returns>The discriminators of the finished scales, and samples. The caller disposes it.</returns>
    /// <exception cref="ArgumentException">The images are none, too small, of different channels, flat, or no images; the message says which.</exception>
    /// <exception cref="InvalidOperationException">
    /// The state file is of a training with other settings, images or distortion (as its description tells), or the distortion changed an
    /// image's size.
    /// </exception>
    /// <exception cref="CheckpointFormatException">The state file is damaged, or something else.</exception>
    /// <exception cref="IOException">
    /// The state file cannot be read or written, which is tried before the first iteration, or another training is using it: one that does has
    /// a file beside it whose name ends with <c>.lock</c>.
    /// </exception>
    /// <exception cref="UnauthorizedAccessException">The state file must not be read or written, or is a folder.</exception>
    /// <exception cref="TrainingDivergedException">The scores got out of hand; the last good state is kept.</exception>
    public DiscriminatorTrainingResult Train(
        IReadOnlyList<SeedImage> images,
        TrainingDistortion distortion,
        string? stateFile = null,
        Device? device = null,
        IProgress<DiscriminatorTrainingProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(distortion);
        SeedImageChecks.Check(images, options);
        using IDisposable? claim = stateFile is null ? null
            : FileLock.Take(stateFile, $"'{stateFile}' is in use by another training; wait for its end, or name another state file.");
        using var scope = NewDisposeScope();
        using var run = new TrainingRun(options, images, distortion, device ?? CPU);
        IReadOnlyDictionary<string, string> identity = TrainingIdentity.Of(options, images, distortion);
        using StateDictionary? saved = Open(stateFile, identity, run.ScaleCount, out int finishedBefore, out int iterationsBefore);
        var clock = new TrainingClock(options, run);
        while (run.Finished < run.ScaleCount)
        {
            int scale = run.Finished;
            using ScaleInputs inputs = run.Inputs();
            (MdfGenerator generator, MdfDiscriminator discriminator) = run.Networks();
            using var training = new ScaleTraining(options, scale, inputs, generator, discriminator);
            IEnumerable<KeyValuePair<string, Tensor>> current = TrainingRun.TensorsOf(scale, generator, discriminator);
            if (saved is not null && scale < finishedBefore)
            {
                TrainingState.Restore(stateFile!, saved, current);
                training.ContinueAfter(options.Iterations);
            }
            else if (saved is not null && scale == finishedBefore && iterationsBefore > 0)
            {
                TrainingState.Restore(stateFile!, saved, current.Concat(training.Moments));
                training.ContinueAfter(iterationsBefore);
                LogResumed(stateFile!, scale, iterationsBefore);
            }
            else
            {
                (int height, int width) = run.SizeOf(scale);
                if (scale == 0)
                {
                    // A file that cannot be written is better known now than after an hour.
                    Save(stateFile, identity, run, training: null);
                }

                LogScale(scale, run.ScaleCount, height, width, generator.Width);
            }

            clock.Begin(scale, training.Iteration);
            var lastEstimates = new List<double>();
            while (training.Iteration < options.Iterations && !cancellation.IsCancellationRequested)
            {
                ScaleLosses losses = training.Iterate();
                bool isDue = training.Iteration % options.SaveInterval == 0 || training.Iteration == options.Iterations;
                RequireGood(losses.Trouble() ?? (isDue ? training.Trouble() : null), scale, training.Iteration, stateFile);

                if (training.Iteration > options.Iterations * 0.9)
                {
                    lastEstimates.Add(losses.RealScore - losses.FakeScore);
                }

                progress?.Report(clock.Progress(scale, training.Iteration, losses));
                if (isDue && training.Iteration < options.Iterations)
                {
                    Save(stateFile, identity, run, training);
                }
            }

            if (training.Iteration < options.Iterations)
            {
                RequireGood(training.Trouble(), scale, training.Iteration, stateFile);
                Save(stateFile, identity, run, training);
                break;
            }

            if (lastEstimates.Count > 0 && lastEstimates.Average() is < IdleEstimate and var estimate)
            {
                LogIdle(scale, estimate);
            }

            run.Finish(inputs);
            if (scale >= finishedBefore)
            {
                Save(stateFile, identity, run, training: null);
            }
        }

        return run.Result(Metadata(images, distortion, run));
    }

    private static void RequireGood(string? trouble, int scale, int iteration, string? stateFile)
    {
        if (trouble is not null)
        {
            throw new TrainingDivergedException(scale, iteration, trouble, stateFile);
        }
    }

    private StateDictionary? Open(string? stateFile, IReadOnlyDictionary<string, string> identity, int scaleCount, out int finished, out int iterations)
    {
        (finished, iterations) = (0, 0);
        if (stateFile is null || !File.Exists(stateFile))
        {
            return null;
        }

        StateDictionary saved = TrainingState.Load(stateFile, Format, identity);
        try
        {
            finished = TrainingState.Number(stateFile, saved, FinishedKey, scaleCount);
            iterations = TrainingState.Number(stateFile, saved, IterationKey, options.Iterations);
            return saved;
        }
        catch
        {
            saved.Dispose();
            throw;
        }
    }

    private static void Save(string? stateFile, IReadOnlyDictionary<string, string> identity, TrainingRun run, ScaleTraining? training)
    {
        if (stateFile is null)
        {
            return;
        }

        IEnumerable<KeyValuePair<string, Tensor>> tensors = run.Tensors();
        if (training is not null)
        {
            tensors = tensors.Concat(TrainingRun.TensorsOf(run.Finished, training.Generator, training.Discriminator)).Concat(training.Moments);
        }

        var position = new Dictionary<string, string>
        {
            [FinishedKey] = run.Finished.ToString(CultureInfo.InvariantCulture),
            [IterationKey] = (training?.Iteration ?? 0).ToString(CultureInfo.InvariantCulture),
        };
        TrainingState.Save(stateFile, Format, identity, position, tensors);
    }

    private Dictionary<string, string> Metadata(IReadOnlyList<SeedImage> images, TrainingDistortion distortion, TrainingRun run) => new()
    {
        ["task"] = distortion.Task,
        ["distortion"] = $"coarsest scale: {distortion.Coarsest.Description}; finer scales: {distortion.Finer.Description}",
        ["seed image"] = string.Join(", ", images.Select(i => i.Name)),
        ["scale sizes"] = string.Join("; ", Enumerable.Range(0, run.Finished).Select(k => string.Join(", ", run.SizesOf(k)))),
        ["seed"] = options.Seed.ToString(CultureInfo.InvariantCulture),
        ["settings"] = JsonSerializer.Serialize(options),
    };

    [LoggerMessage(Level = LogLevel.Information, Message = "Scale {Scale} of {ScaleCount}: {Height} x {Width} pixels, {Channels} channels.")]
    private partial void LogScale(int scale, int scaleCount, int height, int width, int channels);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "The discriminator of scale {Scale} could not tell what the generator made from the image at its end (Wasserstein estimate {Estimate:f3}). It has learned little; a distortion with more chance in it, or a stronger one, keeps it busy.")]
    private partial void LogIdle(int scale, double estimate);

    [LoggerMessage(Level = LogLevel.Information, Message = "Going on from '{StateFile}': scale {Scale}, {Iterations} iterations done.")]
    private partial void LogResumed(string stateFile, int scale, int iterations);
}
