using Reproduce.Losses;
using Reproduce.Trainings;

namespace Reproduce.Report;

/// <summary>A column of a table: the results of one loss.</summary>
/// <param name="Loss">The loss; null for degraded images without a network.</param>
/// <param name="Run">Result of the evaluation.</param>
/// <param name="Label">Label that no other loss of the folder has.</param>
/// <param name="Weights">Label of the weights; empty if the loss has none.</param>
internal sealed record TableColumn(LossDescription? Loss, EvaluationResult Run, string Label, string Weights)
{
    /// <summary>Name of the loss; empty without a loss.</summary>
    public string Name => Loss?.Name ?? "";

    /// <summary>Name of the loss in the paper's table, which has no untrained discriminators; empty if it is not there.</summary>
    public string PaperName => IsUntrained ? "" : Name;

    public bool IsMdf => Name == LossNames.Mdf;

    public bool IsUntrained => Loss?.Weights?.StartsWith(DiscriminatorWeights.UntrainedName, StringComparison.Ordinal) == true;

    /// <summary>Whether the loss is MDF with all scales of the published loss.</summary>
    public bool HasAllScales => IsMdf && Loss!.Scales == DiscriminatorWeights.PublishedScales;

    /// <summary>Returns the column of degraded images without a network.</summary>
    public static TableColumn Unrestored(EvaluationResult run) => new(null, run, "unrestored", "");
}
