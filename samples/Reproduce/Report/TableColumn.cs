using Reproduce.Losses;
using Reproduce.Trainings;

namespace Reproduce.Report;

/// <summary>What one loss gave in a table.</summary>
/// <param name="Loss">The loss; null for images without any network.</param>
/// <param name="Run">What was measured.</param>
/// <param name="Label">What it is called, unlike any other loss of the folder.</param>
/// <param name="Weights">Its weights; empty if it has none.</param>
internal sealed record TableColumn(LossDescription? Loss, EvaluationResult Run, string Label, string Weights)
{
    /// <summary>Its name in the paper's table.</summary>
    public string Name => Loss?.Name ?? "";

    public bool IsMdf => Name == LossNames.Mdf;

    public bool IsUntrained => Loss?.Weights?.StartsWith(DiscriminatorWeights.UntrainedName, StringComparison.Ordinal) == true;

    /// <summary>Whether it is MDF with all scales of the published loss.</summary>
    public bool HasAllScales => IsMdf && Loss!.Scales == DiscriminatorWeights.PublishedScales;

    /// <summary>Images as they are before any network.</summary>
    public static TableColumn Unrestored(EvaluationResult run) => new(null, run, "unrestored", "");
}
