using Mdf.Losses;
using Mdf.Models.Adversarial;
using Reproduce.Experiments;

namespace Reproduce.Losses;

/// <summary>Discriminators for the MDF loss, from a file, packaged or untrained.</summary>
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

    /// <summary>Prefix of the names of untrained weights.</summary>
    public const string UntrainedName = "untrained";

    /// <summary>Number of scales of the published loss.</summary>
    public const int PublishedScales = 8;

    public string Name { get; }

    public string Checksum { get; }

    /// <summary>Number of scales that the loss uses.</summary>
    public int Scales { get; }

    /// <summary>Precision of the loss's features.</summary>
    public MdfPrecision Precision { get; init; }

    /// <summary>Returns the weights of a file or else packaged weights of the given name; null if neither exists.</summary>
    public static DiscriminatorWeights? Find(string nameOrPath, MdfPrecision precision = MdfPrecision.Full)
    {
        if (File.Exists(nameOrPath))
        {
            string checksum = ExperimentIdentity.OfFile(nameOrPath);
            return new DiscriminatorWeights(Path.GetFileName(nameOrPath), checksum, () => DiscriminatorPyramid.Load(nameOrPath))
            {
                Precision = precision,
            };
        }

        using Stream? packaged = Packaged(nameOrPath);
        return packaged is null ? null : new DiscriminatorWeights(nameOrPath, ExperimentIdentity.OfContent(packaged), () =>
        {
            using Stream stream = Packaged(nameOrPath)!;
            return DiscriminatorPyramid.Load(stream, nameOrPath);
        })
        { Precision = precision };
    }

    /// <summary>Returns whether a file or packaged weights of the given name exist.</summary>
    public static bool Exist(string nameOrPath) => File.Exists(nameOrPath) || PackagedChecksum(nameOrPath) is not null;

    /// <summary>Returns the checksum of packaged weights; null if there are none of the given name.</summary>
    public static string? PackagedChecksum(string name)
    {
        using Stream? packaged = Packaged(name);
        return packaged is null ? null : ExperimentIdentity.OfContent(packaged);
    }

    /// <summary>Returns untrained discriminators, a baseline that shows the benefit of training.</summary>
    public static DiscriminatorWeights Untrained(long seed, MdfPrecision precision) =>
        new($"{UntrainedName}, seed {seed}", "", () => DiscriminatorPyramid.CreateUntrained(seed)) { Precision = precision };

    /// <summary>Loads the discriminators. The caller disposes them.</summary>
    public DiscriminatorPyramid Load() => load();

    /// <summary>Returns the MDF loss with the given number of coarsest scales; null for all scales.</summary>
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
