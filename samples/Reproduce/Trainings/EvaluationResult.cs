using Reproduce.Experiments;
using Reproduce.Losses;

namespace Reproduce.Trainings;

/// <summary>What was measured of each image.</summary>
internal sealed record EvaluationResult
{
    public required IReadOnlyList<string> Images { get; init; }

    public required IReadOnlyList<double> Psnr { get; init; }

    public required IReadOnlyList<double> Ssim { get; init; }

    /// <summary>Null where there are no weights for it.</summary>
    public IReadOnlyList<double>? Lpips { get; init; }

    /// <summary>How long the network was trained, stops left out; null for none.</summary>
    public TimeSpan? TrainingTime { get; init; }

    /// <summary>Where the network was trained, or the last part of that; null for none, and in results from before it was kept.</summary>
    public ExperimentEnvironment? TrainingEnvironment { get; init; }

    /// <summary>How the discriminators of the loss were trained, where that was done here.</summary>
    public SeedImageDescription? Discriminators { get; init; }

    /// <summary>The folder, inside that of the output, of the restored images as JPEG, and that of the references.</summary>
    public required string RestoredFolder { get; init; }

    public required string ReferenceFolder { get; init; }

    /// <summary>How many images those folders hold: the first.</summary>
    public required int Stored { get; init; }
}
