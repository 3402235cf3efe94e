namespace Mdf.Training;

/// <summary>
/// The exception for a training that diverged: a loss, score or weight became NaN or infinite, or exceeded the divergence bound. The
/// message names the value and the file of the last good state.
/// </summary>
public sealed class TrainingDivergedException : Exception
{
    internal TrainingDivergedException(int? scale, int iteration, string what, string? stateFile)
        : base(Place(scale, iteration) + $": {what}. "
            + (File.Exists(stateFile) ? $"The last good state is kept in '{stateFile}'. " : "")
            + "Train with a lower LearningRate, " + (scale is null ? "into another folder." : "into another state file."))
    {
        Scale = scale;
        Iteration = iteration;
    }

    /// <summary>Index of the scale in a training of discriminators, from 0; null in a training of restoration networks.</summary>
    public int? Scale { get; }

    /// <summary>
    /// The iteration within the scale, or the step of a restoration network, at which the divergence was detected; counted from 1.
    /// </summary>
    public int Iteration { get; }

    private static string Place(int? scale, int iteration) => scale is null
        ? FormattableString.Invariant($"Training diverged by step {iteration}")
        : FormattableString.Invariant($"Training diverged at scale {scale}, iteration {iteration}");
}
