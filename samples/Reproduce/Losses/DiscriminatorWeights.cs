using Mdf.Losses;
using Mdf.Models.Adversarial;
using Reproduce.Data;
using Reproduce.Experiments;
using static TorchSharp.torch;

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

    private const string CalibratedName = $"{UntrainedName}, calibrated";
    private const int CalibrationImages = 16;
    private const int CalibrationSide = 96;

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

    /// <summary>Returns whether weights are untrained and calibrated.</summary>
    public static bool IsCalibrated(string weights) => weights.StartsWith(CalibratedName, StringComparison.Ordinal);

    /// <summary>Returns untrained discriminators, a baseline that shows the benefit of training.</summary>
    public static DiscriminatorWeights Untrained(long seed, MdfPrecision precision) =>
        new($"{UntrainedName}, seed {seed}", "", () => DiscriminatorPyramid.CreateUntrained(seed)) { Precision = precision };

    /// <summary>
    /// Returns untrained discriminators whose statistics are those of photographs. Without that, untrained discriminators are nearly L2.
    /// </summary>
    public static DiscriminatorWeights Calibrated(long seed, ImageSet photographs, MdfPrecision precision)
    {
        var used = new ImageSet(photographs.Name, photographs.Images, Math.Min(photographs.Count, CalibrationImages));
        return new DiscriminatorWeights(
            $"{CalibratedName}, seed {seed}",
            used.Description.Checksum,
            () =>
            {
                using var scope = NewDisposeScope();
                Tensor[] middles = [.. Enumerable.Range(0, used.Count).Select(i => used.Middle(i, CalibrationSide))];
                long height = middles.Min(m => m.shape[2]), width = middles.Min(m => m.shape[3]);
                DiscriminatorPyramid pyramid = DiscriminatorPyramid.CreateUntrained(seed);
                pyramid.Calibrate(cat([.. middles.Select(m => m.narrow(2, 0, height).narrow(3, 0, width))]));
                return pyramid;
            })
        { Precision = precision };
    }

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
