namespace Mdf.Training;

/// <summary>A training got out of hand: its scores or weights are no numbers any more, or far from all bounds.</summary>
public sealed class TrainingDivergedException : Exception
{
    internal TrainingDivergedException(int? scale, int iteration, string what, string? stateFile)
        : base(Place(scale, iteration) + $": {what}. "
            + (File.Exists(stateFile) ? $"The last state that was good is kept in '{stateFile}'. " : "")
            + "Train with a lower LearningRate, " + (scale is null ? "into another folder." : "into another state file."))
    {
        Scale = scale;
        Iteration = iteration;
    }

    /// <summary>The scale of the discriminators in training, counted from 0; null for restoration networks, which have none.</summary>
    public int? Scale { get; }

    /// <summary>The iteration of that scale, or the step of a restoration network at which it was noticed, counted from 1.</summary>
    public int Iteration { get; }

    private static string Place(int? scale, int iteration) => scale is null
        ? FormattableString.Invariant($"Training diverged by step {iteration}")
        : FormattableString.Invariant($"Training diverged at scale {scale}, iteration {iteration}");
}
