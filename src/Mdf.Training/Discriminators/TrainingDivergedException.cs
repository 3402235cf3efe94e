using System.Globalization;

namespace Mdf.Training;

/// <summary>A training got out of hand: its scores are no numbers any more, or far from all bounds.</summary>
public sealed class TrainingDivergedException : Exception
{
    internal TrainingDivergedException(int scale, int iteration, string what, string? stateFile)
        : base(string.Create(CultureInfo.InvariantCulture, $"Training diverged at scale {scale}, iteration {iteration}: {what}. ") + (File.Exists(stateFile)
            ? $"The last state that was good is kept in '{stateFile}'. "
            : "") + "Train with a lower LearningRate, into another state file.")
    {
        Scale = scale;
        Iteration = iteration;
    }

    /// <summary>The scale, counted from 0.</summary>
    public int Scale { get; }

    /// <summary>The iteration of that scale, counted from 1.</summary>
    public int Iteration { get; }
}
