using Mdf.Losses;
using Mdf.Training.Discriminators;

namespace TrainDiscriminators;

/// <summary>Settings from the command line.</summary>
internal sealed record Settings(
    IReadOnlyList<string> Images,
    string? Folder,
    int Crops,
    string Task,
    int? Scales,
    int? Iterations,
    int Side,
    string Device,
    TrainingPrecision Precision,
    string Output,
    long Seed,
    int SaveInterval,
    bool Resume)
{
    /// <summary>Default number of scales without an image; small, so that such a run takes less than a minute.</summary>
    public const int SmallScales = 3;

    /// <summary>Default number of iterations per scale without an image.</summary>
    public const int SmallIterations = 40;

    /// <summary>Restoration tasks by name.</summary>
    public static IReadOnlyDictionary<string, RestorationTask> Tasks { get; } = new Dictionary<string, RestorationTask>
    {
        ["jpeg"] = RestorationTask.JpegRemoval,
        ["denoise"] = RestorationTask.Denoising,
        ["sisr"] = RestorationTask.SuperResolution,
    };

    /// <summary>Whether a synthetic image stands in for a photograph.</summary>
    public bool IsDemonstration => Images.Count == 0 && Folder is null;

    public string CheckpointFile => Path.Combine(Output, $"{Task}.ckpt");

    public string ContactSheetFile => Path.Combine(Output, $"{Task}.png");

    public string StateFile => Path.Combine(Output, $"{Task}.state.safetensors");

    /// <summary>Options of the trainer.</summary>
    public DiscriminatorTrainingOptions Options
    {
        get
        {
            var defaults = new DiscriminatorTrainingOptions
            {
                MaximumSide = Side,
                Precision = Precision,
                Seed = Seed,
                SaveInterval = SaveInterval,
            };
            return defaults with
            {
                ScaleCount = Scales ?? (IsDemonstration ? SmallScales : defaults.ScaleCount),
                Iterations = Iterations ?? (IsDemonstration ? SmallIterations : defaults.Iterations),
            };
        }
    }
}
