using Reproduce.Experiments;
using Reproduce.Losses;

namespace Reproduce.Trainings;

/// <summary>The result of an evaluation, with one value per image.</summary>
internal sealed record EvaluationResult
{
    public const string LumaPsnr = "PSNR-Y";
    public const string HaarPsi = "HaarPSI";
    public const string Gmsd = "GMSD";
    public const string Vif = "VIF";
    public const string Fsim = "FSIM";

    public required IReadOnlyList<string> Images { get; init; }

    public required IReadOnlyList<double> Psnr { get; init; }

    public required IReadOnlyList<double> Ssim { get; init; }

    /// <summary>LPIPS of each image; null if the metric's weights were not found.</summary>
    public IReadOnlyList<double>? Lpips { get; init; }

    /// <summary>Values of further metrics by name; null in old results.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<double>>? Additional { get; init; }

    /// <summary>Training time of the network without interruptions; null without a network.</summary>
    public TimeSpan? TrainingTime { get; init; }

    /// <summary>
    /// Environment in which the training of the network ended; null without a network, and in old results that lack this value.
    /// </summary>
    public ExperimentEnvironment? TrainingEnvironment { get; init; }

    /// <summary>Training of the loss's discriminators; null if this program did not train them.</summary>
    public SeedImageDescription? Discriminators { get; init; }

    /// <summary>Folder of the restored images (JPEG), relative to the output folder.</summary>
    public required string RestoredFolder { get; init; }

    /// <summary>Folder of the reference images (JPEG), relative to the output folder.</summary>
    public required string ReferenceFolder { get; init; }

    /// <summary>Number of images in these folders; they are the first of the test set.</summary>
    public required int Stored { get; init; }
}
