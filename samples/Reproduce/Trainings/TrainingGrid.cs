using System.Diagnostics;
using Reproduce.Data;
using Reproduce.Experiments;
using Reproduce.Grids;
using Reproduce.Losses;
using Reproduce.Presets;

namespace Reproduce.Trainings;

/// <summary>Creates the experiments that train an application's network with a loss and evaluate it on all test sets.</summary>
internal sealed class TrainingGrid
{
    public const string Kind = "evaluation";

    private readonly Workspace workspace;
    private readonly Application application;
    private readonly NetworkTraining training;
    private readonly Evaluation[] evaluations;

    public TrainingGrid(
        Workspace workspace, Application application, TrainingSettings settings, Datasets data, PerceptualMetric? lpips, long seed)
    {
        this.workspace = workspace;
        this.application = application;
        training = new NetworkTraining(workspace, application, settings, data.Training, seed);
        evaluations = [.. data.Tests.Select(t => new Evaluation(workspace, application, t, lpips))];
    }

    /// <summary>Returns the experiment that measures the degraded test images.</summary>
    public GridItem Unrestored() => Item(
        $"{application.Title}: unrestored", null, (_, cancellation) => Save(null, null, null, cancellation));

    /// <summary>Returns the experiment that trains a network with a loss and evaluates it.</summary>
    public GridItem Item(LossChoice loss)
    {
        TrainingDescription description = training.Describe(loss.Description);
        return Item($"{application.Title}: {Title(loss.Description)}", description, (progress, cancellation) =>
        {
            using TrainedNetwork network = training.Train(loss, progress, cancellation);
            Save(description, network, loss.Discriminators, cancellation);
        });
    }

    private GridItem Item(string title, TrainingDescription? description, Action<IProgress<double>, CancellationToken> run) => new(
        title,
        () => evaluations.All(e => IsDone(e.Describe(description))),
        run);

    // An experiment whose images were lost is measured again.
    private bool IsDone(EvaluationDescription tested) =>
        workspace.Runs.Find<EvaluationDescription, EvaluationResult>(Kind, tested) is { } record
        && StoredImages.AreThere(workspace, record.Result);

    private void Save(
        TrainingDescription? description, TrainedNetwork? trained, SeedImageDescription? discriminators, CancellationToken cancellation)
    {
        foreach (Evaluation evaluation in evaluations)
        {
            EvaluationDescription tested = evaluation.Describe(description);
            if (!IsDone(tested))
            {
                var watch = Stopwatch.StartNew();
                EvaluationResult result = evaluation.Measure(trained?.Network, ExperimentIdentity.Of(tested), cancellation) with
                {
                    TrainingTime = trained?.Time,
                    TrainingEnvironment = trained?.Environment,
                    Discriminators = discriminators,
                };
                workspace.Runs.Save(Kind, tested, result, ExperimentEnvironment.Current(watch.Elapsed, workspace.Device));
            }
        }
    }

    private static string Title(LossDescription loss) => string.Join(", ", new[]
    {
        loss.Label,
        loss.Factor is { } factor ? FormattableString.Invariant($"factor {factor}") : null,
        loss.Name == LossNames.Mdf ? loss.Scales == 1 ? "1 scale" : $"{loss.Scales} scales" : null,
    }.Where(part => part is not null));
}
