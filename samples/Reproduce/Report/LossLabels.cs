using Mdf.Losses;
using Reproduce.Losses;

namespace Reproduce.Report;

/// <summary>
/// Labels losses so that all can be told apart. Weights with the same file name get their checksum, and the same weights in several
/// precisions get their precision.
/// </summary>
internal sealed class LossLabels
{
    private const int ChecksumDigits = 8;

    private readonly LossDescription[] all;

    /// <summary>Creates the labels.</summary>
    /// <param name="losses">All losses to tell apart.</param>
    public LossLabels(IEnumerable<LossDescription> losses) => all = [.. losses.Select(Key).Distinct()];

    /// <summary>Returns the description of a loss without the number of scales, the number of seed images and the factor.</summary>
    public static LossDescription Key(LossDescription loss) => loss with { Scales = null, SeedImages = null, Factor = null };

    /// <summary>Returns the label of a loss, with its weights if it is MDF or if several losses have its name and weights.</summary>
    public string Of(LossDescription loss) =>
        loss.Weights is null || (loss.Name != LossNames.Mdf && !Additions(loss).Any()) ? loss.Name : $"{loss.Name} ({WeightsOf(loss)})";

    /// <summary>Returns the label of a loss's weights; empty if the loss has none.</summary>
    public string WeightsOf(LossDescription loss) => loss.Weights is null ? "" : string.Join(", ", Additions(loss).Prepend(loss.Weights));

    private IEnumerable<string> Additions(LossDescription loss)
    {
        LossDescription[] named = [.. all.Where(l => l.Name == loss.Name && l.Weights == loss.Weights)];
        if (loss.Checksum is { Length: > 0 } checksum && named.Any(l => l.Checksum != checksum))
        {
            yield return checksum[..Math.Min(ChecksumDigits, checksum.Length)];
        }

        if (named.Any(l => l.Checksum == loss.Checksum && l.Precision != loss.Precision))
        {
            yield return loss.Precision is { } precision and not MdfPrecision.Full ? NameOf(precision) : "full precision";
        }
    }

    /// <summary>Returns the name of a precision on the command line.</summary>
    public static string NameOf(MdfPrecision precision) =>
        precision == MdfPrecision.BFloat16WhereFaster ? "BFloat16" : precision.ToString();
}
