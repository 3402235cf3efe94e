using Mdf.Losses;
using Reproduce.Losses;

namespace Reproduce.Report;

/// <summary>
/// Names of losses that tell them apart: where there are several weights of one file name they have their checksum, and where there are
/// several precisions of one file, that.
/// </summary>
internal sealed class LossLabels
{
    private const int ChecksumDigits = 8;

    private readonly LossDescription[] all;

    /// <param name="losses">All losses that are to be told apart.</param>
    public LossLabels(IEnumerable<LossDescription> losses) => all = [.. losses.Select(Key).Distinct()];

    /// <summary>What a loss has in common with itself by other numbers of scales, seed images or factors.</summary>
    public static LossDescription Key(LossDescription loss) => loss with { Scales = null, SeedImages = null, Factor = null };

    /// <summary>The loss, with its weights where it is MDF or there are several.</summary>
    public string Of(LossDescription loss) =>
        loss.Weights is null || (loss.Name != LossNames.Mdf && !Additions(loss).Any()) ? loss.Name : $"{loss.Name} ({WeightsOf(loss)})";

    /// <summary>Its weights alone; empty if it has none.</summary>
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
            yield return loss.Precision is null or MdfPrecision.Full ? "full precision" : loss.Precision.Value.ToString();
        }
    }
}
