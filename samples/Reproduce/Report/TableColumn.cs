using Reproduce.Losses;
using Reproduce.Trainings;

namespace Reproduce.Report;

/// <summary>What one loss gave in a table.</summary>
/// <param name="Loss">The loss; null for images without any network.</param>
/// <param name="Run">What was measured.</param>
internal sealed record TableColumn(LossDescription? Loss, EvaluationResult Run)
{
    public string Label => Loss?.Label ?? "unrestored";

    /// <summary>Its name in the paper's table.</summary>
    public string Name => Loss?.Name ?? "";

    public bool IsMdf => Name == LossNames.Mdf;
}
