using System.Globalization;
using System.Text.Json;
using Mdf.Checkpoints;
using Mdf.IO;
using Mdf.Models.Adversarial;
using Mdf.TorchCompatibility;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using static TorchSharp.torch;

namespace Mdf.Training.Discriminators;

/// <summary>
/// Trains the discriminators of the MDF loss for a task from one or a few natural images (phase 1 of the paper). The scales are trained
/// from the coarsest to the finest. At each scale, a generator learns to undo the task's distortion of the previous scale's upscaled
/// output, and a discriminator learns to tell the generated image from the seed image (WGAN-GP).
/// </summary>
/// <remarks>
/// <para>Mustafa et al., "Training a Task-Specific Image Reconstruction Loss", WACV 2022, section 3; Shaham et al., "SinGAN", ICCV 2019.
/// </para>
/// <para>The authors published no code for this phase. Where the paper gives no details, this class follows SinGAN, with five differences:
/// every step generates a new image; the reconstruction error is measured for every draw of the distortion, because every draw should be
/// restored to the same image; the generator's output is added to the distorted image (<see cref="DiscriminatorTrainingOptions.Skip"/>);
/// the outputs of finished scales are drawn from a pool (<see cref="DiscriminatorTrainingOptions.PriorSampleCount"/>); and all biases start
/// at zero.</para>
/// </remarks>
public sealed partial class DiscriminatorTrainer
{
    private const string Format = "mdf-discriminator-training 1";
    private const string FinishedKey = "finished";
    private const string IterationKey = "iteration";

    // Trainings with good discriminators ended every scale at an estimate of about 0.02 or more; a training with bad ones at 0 or below.
    private const double IdleEstimate = 0.01;

    private readonly DiscriminatorTrainingOptions options;
    private readonly ILogger logger;

    /// <summary>Creates a trainer.</summary>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <param name="logger">
    /// Logs the start of each scale and a resumed training, and warns of a discriminator that could not tell the generated image from the
    /// seed image at the end of its scale. Such a discriminator has learned little and may give a poor loss. Null disables logging.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    public DiscriminatorTrainer(DiscriminatorTrainingOptions? options = null, ILogger? logger = null)
    {
        this.options = options ?? new DiscriminatorTrainingOptions();
        this.options.Validate();
        this.logger = logger ?? NullLogger.Instance;
    }

    /// <summary>Reads how far the training has come whose state is saved in a file.</summary>
    /// <param name="stateFile">Path of the state file, which need not exist.</param>
    /// <returns>
    /// Number of finished scales, and number of iterations of the next scale that were done; both 0 if there is no state.
    /// </returns>
    /// <exception cref="CheckpointFormatException">The state file is damaged or is not a training state.</exception>
    /// <exception cref="IOException">The state file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">There is no permission to read the state file.</exception>
    public static (int FinishedScales, int Iterations) FindSaved(string stateFile)
    {
        ArgumentException.ThrowIfNullOrEmpty(stateFile);
        if (!File.Exists(stateFile))
        {
            return (0, 0);
        }

        using StateDictionary saved = TrainingState.Load(stateFile, Format);
        return (TrainingState.Number(stateFile, saved, FinishedKey), TrainingState.Number(stateFile, saved, IterationKey));
    }

    /// <summary>Trains the discriminators of all scales. Training takes minutes to hours.</summary>
    /// <param name="images">
    /// One or more seed images with the same number of channels. One image is enough according to the paper.
    /// </param>
    /// <param name="distortion">The task's distortion.</param>
    /// <param name="stateFile">
    /// Path of the state file, whose folder is created if missing. It is written after the first iteration, every
    /// <see cref="DiscriminatorTrainingOptions.SaveInterval"/> iterations, after each scale
    /// and on cancellation. If the file exists, training resumes from its state and gives the same result as an uninterrupted training.
    /// Null to save nothing.
    /// </param>
    /// <param name="device">Device to train on; null for the CPU.</param>
    /// <param name="progress">Receives a report after each iteration; null for no reports.</param>
    /// <param name="cancellation">
    /// Ends the training after the current iteration (after a scale's last iteration, once the next scale's images are made). The state is
    /// saved and the finished scales are returned.
    /// </param>
    /// <returns>The discriminators and samples of the finished scales. The caller disposes the result.</returns>
    /// <exception cref="ArgumentException">
    /// There is no seed image, or an image has a wrong shape or type, is too small, constant or outside [0, 1], or differs from the first
    /// image in channels or number of scales. The message names the image and the reason.
    /// </exception>
    /// <exception cref="TrainingStateException">
    /// The state file belongs to a training with other settings, images or distortion. Its iterations cannot be changed afterwards, because
    /// each scale builds on the finished ones.
    /// </exception>
    /// <exception cref="InvalidOperationException">The distortion changed an image's size.</exception>
    /// <exception cref="CheckpointFormatException">The state file is damaged or is not a training state.</exception>
    /// <exception cref="IOException">
    /// The state file cannot be read or written (writing is tried after the first iteration), or another training is using it. A training
    /// marks a state file as in use by a file beside it with the extension <c>.lock</c>.
    /// </exception>
    /// <exception cref="UnauthorizedAccessException">There is no permission to read or write the state file, or it is a folder.</exception>
    /// <exception cref="TrainingDivergedException">
    /// A score, loss or weight became NaN or infinite or exceeded the divergence bound. The last good state is kept.
    /// </exception>
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
        using OutputFolder? folder = stateFile is null ? null : new OutputFolder(Path.GetDirectoryName(Path.GetFullPath(stateFile))!);
        using IDisposable? claim = stateFile is null ? null
            : FileLock.Take(stateFile, $"'{stateFile}' is in use by another training; wait for its end, or choose another state file.");
        using var scope = NewDisposeScope();
        using var mode = InferenceMode.Leave();
        using var gradients = enable_grad();
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
                LogScale(scale, run.ScaleCount, height, width, generator.Width);
            }

            clock.Begin(scale, training.Iteration);
            var lastEstimates = new List<double>();
            while (training.Iteration < options.Iterations && !cancellation.IsCancellationRequested)
            {
                ScaleLosses losses = training.Iterate();

                // A new training saves its first iteration, so that a state file that cannot be written fails now, not after an hour.
                bool isDue = training.Iteration % options.SaveInterval == 0 || training.Iteration == options.Iterations
                    || (scale == 0 && training.Iteration == 1);
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

            if (training.Iteration < options.Iterations && run.Finished + training.Iteration == 0)
            {
                break;
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

    private StateDictionary? Open(
        string? stateFile, IReadOnlyDictionary<string, string> identity, int scaleCount, out int finished, out int iterations)
    {
        (finished, iterations) = (0, 0);
        if (stateFile is null || !File.Exists(stateFile))
        {
            return null;
        }

        StateDictionary saved = TrainingState.Load(stateFile, Format);
        try
        {
            finished = TrainingState.Number(stateFile, saved, FinishedKey);
            iterations = TrainingState.Number(stateFile, saved, IterationKey);
            if (finished == 0 && iterations == 0)
            {
                // A start that came to nothing, of whatever settings, is replaced.
                saved.Dispose();
                return null;
            }

            TrainingState.RequireIdentity(stateFile, saved, identity);
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
            tensors = tensors
                .Concat(TrainingRun.TensorsOf(run.Finished, training.Generator, training.Discriminator))
                .Concat(training.Moments);
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

    [LoggerMessage(
        EventId = 200,
        Level = LogLevel.Information,
        Message = "Scale {Scale} of {ScaleCount}: {Height} x {Width} pixels, {Channels} channels.")]
    private partial void LogScale(int scale, int scaleCount, int height, int width, int channels);

    [LoggerMessage(
        EventId = 201,
        Level = LogLevel.Warning,
        Message = "The discriminator of scale {Scale} could not tell the generated image from the seed image at the end of its training "
            + "(Wasserstein estimate {Estimate:f3}). It has learned little; use a stronger or more random distortion.")]
    private partial void LogIdle(int scale, double estimate);

    [LoggerMessage(
        EventId = 202,
        Level = LogLevel.Information,
        Message = "Resuming from '{StateFile}': scale {Scale}, {Iterations} iterations done.")]
    private partial void LogResumed(string stateFile, int scale, int iterations);
}
