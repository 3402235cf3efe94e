using Mdf.Data;
using Mdf.Models.Restoration;
using TorchSharp;
using static TorchSharp.torch;

namespace Mdf.Training.Restoration;

/// <summary>Does the steps of a training, and after each what is due: reports, checkpoints and state.</summary>
internal sealed class RestorationLoop : IDisposable
{
    private const int PrefetchOnGpu = 4;

    private readonly TrainingJob job;
    private readonly RestorationTrainingOptions options;
    private readonly ITrainingStep training;
    private readonly WeightAverage? average;
    private readonly ImagePairs pairs;
    private readonly SeedSequence seeds;
    private readonly RestorationState state;
    private readonly RestorationReport report;
    private int step;

    /// <param name="job">The settings and the input; the network is on its device.</param>
    /// <param name="training">Learns from a batch; disposed with this object.</param>
    public RestorationLoop(TrainingJob job, ITrainingStep training)
    {
        this.job = job;
        this.training = training;
        options = job.Options;
        seeds = new SeedSequence(options.Seed);
        RestorationNetwork network = job.Input.Network;
        pairs = job.Input.TrainingPairs(options.MinimumContrast);
        average = options.EmaDecay is { } decay ? new WeightAverage(network, decay) : null;
        report = new RestorationReport(job, training.Terms, pairs);
        state = new RestorationState(job, training, average, report.Sums);
    }

    /// <summary>Does all steps that an earlier run has not done.</summary>
    public RestorationTrainingResult Run(CancellationToken cancellation)
    {
        RestorationNetwork network = job.Input.Network;
        using Tensor ambient = random.get_rng_state();
        try
        {
            return Run(network, cancellation);
        }
        finally
        {
            random.set_rng_state(ambient);
        }
    }

    private RestorationTrainingResult Run(RestorationNetwork network, CancellationToken cancellation)
    {
        Open(cancellation);
        network.train();
        int depth = options.PrefetchDepth ?? (job.Device.type == DeviceType.CPU ? 0 : PrefetchOnGpu);
        int workers = options.PrefetchWorkers ?? Math.Clamp(Environment.ProcessorCount / 2, 1, PrefetchOnGpu);
        using var batches = new BatchPrefetch(MakeBatch, step, options.Steps, depth, workers);
        bool isReported = report.WriteIfDue(step, state, cancellation);
        while (isReported && step < options.Steps && !job.Team.IsStopping)
        {
            Advance(batches);
            isReported = report.WriteIfDue(step, state, cancellation);
            // A new training saves its first step: a folder that cannot be written to fails now instead of after the first interval.
            if (isReported && (step % options.SaveInterval == 0 || state.SavedAt == 0))
            {
                Save();
            }

            report.TellProgress(step);
        }

        if (state.SavedAt < step)
        {
            Save();
        }

        report.LogSkipped();
        if (job.Team.Rank == 0)
        {
            report.LogIfWorse();
        }

        average?.Apply();
        network.eval();
        return new RestorationTrainingResult
        {
            Step = step,
            IsComplete = isReported && step == options.Steps,
            Validation = report.Scores,
            BestValue = report.Best?.Value,
            BestStep = report.Best?.Step,
            Skipped = pairs.Skipped,
        };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        training.Dispose();
        average?.Dispose();
        report.Dispose();
        state.Dispose();
    }

    // Images must have room for the largest patch of all stages, so that a step draws the same images whichever steps ran before it.
    private int LeastSide => options.PatchSizes().Max();

    // A new training writes nothing before its first step has shown that network, loss and images fit together.
    private void Open(CancellationToken cancellation)
    {
        RestorationPosition position = state.Open();
        step = position.Step;
        report.Begin(position, state.StateFile);
        if (step == 0 && options.CheckImages)
        {
            pairs.ReadAll(LeastSide, job.Team.Rank, job.Team.Size, cancellation);
        }

        report.LogSkipped();
    }

    private PairedBatch MakeBatch(int number)
    {
        RestorationTrainingStage stage = options.StageAt(number);
        (int first, int count) = job.Team.ShareOf(stage.BatchSize);
        return pairs.Patches(count, stage.PatchSize, i => seeds.Random(SeedSequence.Purpose.Patches, number, first + i), LeastSide);
    }

    private void Advance(BatchPrefetch batches)
    {
        using var scope = NewDisposeScope();
        report.BeginStep();
        using PairedBatch batch = batches.Take();
        training.SetRate(job.RateAt(step));
        // Dropout and other random layers draw numbers that depend on the step alone, so that a resumed training draws them again.
        random.manual_seed(seeds.Number(SeedSequence.Purpose.Network, step, job.Team.Rank));
        int batchSize = options.StageAt(step).BatchSize;
        job.Team.Begin(batchSize);
        report.Add(training.Run(batch.Degraded.to(job.Device), batch.Reference.to(job.Device)), batchSize);
        average?.Update(step);
        step++;
        report.RequireSound(step);
        report.OpenLog();
    }

    private void Save()
    {
        report.RequireFinite(step);
        state.Save(new RestorationPosition(step, report.Logged, report.Best));
    }
}
