using Mdf.Losses;
using Mdf.Models.Adversarial;
using Reproduce.Experiments;

namespace Reproduce.Losses;

/// <summary>Discriminators for the MDF loss: a file, or packaged ones by name.</summary>
internal sealed class DiscriminatorWeights
{
    private readonly Func<DiscriminatorPyramid> load;

    private DiscriminatorWeights(string name, string checksum, Func<DiscriminatorPyramid> load)
    {
        Name = name;
        Checksum = checksum;
        this.load = load;
        using DiscriminatorPyramid all = load();
        Scales = Math.Min(all.Scales.Count, PublishedScales);
    }

    /// <summary>What names of weights that were never trained begin with.</summary>
    public const string UntrainedName = "untrained";

    /// <summary>The scales of the published loss.</summary>
    public const int PublishedScales = 8;

    public string Name { get; }

    public string Checksum { get; }

    /// <summary>The scales that the loss uses of them.</summary>
    public int Scales { get; }

    /// <summary>The precision that the loss computes their features in.</summary>
    public MdfPrecision Precision { get; init; }

    /// <summary>Opens a file, or else packaged weights of that name; null if there is neither.</summary>
    public static DiscriminatorWeights? Find(string nameOrPath, MdfPrecision precision = MdfPrecision.Full)
    {
        if (File.Exists(nameOrPath))
        {
            return new DiscriminatorWeights(Path.GetFileName(nameOrPath), ExperimentIdentity.OfFile(nameOrPath), () => DiscriminatorPyramid.Load(nameOrPath)) { Precision = precision };
        }

        using Stream? packaged = Packaged(nameOrPath);
        return packaged is null ? null : new DiscriminatorWeights(nameOrPath, ExperimentIdentity.OfContent(packaged), () =>
        {
            using Stream stream = Packaged(nameOrPath)!;
            return DiscriminatorPyramid.Load(stream, nameOrPath);
        })
        { Precision = precision };
    }

    /// <summary>Whether there is such a file, or packaged weights of that name.</summary>
    public static bool Exist(string nameOrPath) => File.Exists(nameOrPath) || PackagedChecksum(nameOrPath) is not null;

    /// <summary>The checksum of packaged weights; null if there are none of that name.</summary>
    public static string? PackagedChecksum(string name)
    {
        using Stream? packaged = Packaged(name);
        return packaged is null ? null : ExperimentIdentity.OfContent(packaged);
    }

    /// <summary>Discriminators as they are before training, which show what training adds.</summary>
    public static DiscriminatorWeights Untrained(long seed, MdfPrecision precision) =>
        new($"{UntrainedName}, seed {seed}", "", () => DiscriminatorPyramid.CreateUntrained(seed)) { Precision = precision };

    /// <summary>The discriminators themselves; the caller disposes them.</summary>
    public DiscriminatorPyramid Load() => load();

    /// <summary>The MDF loss of the coarsest scales, or of all.</summary>
    public LossChoice Loss(int? scales = null, int? seedImages = null)
    {
        int used = scales ?? Scales;
        var description = new LossDescription
        {
            Name = LossNames.Mdf,
            Weights = Name,
            Checksum = Checksum,
            Scales = used,
            SeedImages = seedImages,
            Precision = Precision == MdfPrecision.Full ? null : Precision,
        };
        return new LossChoice(description, reduction =>
        {
            using DiscriminatorPyramid discriminators = Load();
            return new MdfLoss(discriminators, new MdfLossOptions { ScaleCount = used, Reduction = reduction, Precision = Precision });
        });
    }

    private static Stream? Packaged(string name) =>
        typeof(MdfLoss).Assembly.GetManifestResourceStream($"{typeof(MdfLoss).Assembly.GetName().Name}.Weights.{name}");
}
