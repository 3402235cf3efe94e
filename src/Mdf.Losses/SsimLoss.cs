using Mdf.Metrics;
using Mdf.TorchCompatibility;
using static TorchSharp.torch;

namespace Mdf.Losses;

/// <summary>
/// What an image's mean structural similarity lacks to 1, from 0 to 2; any number of channels. How it is computed, and how the variant
/// of the authors of MDF differs, is said at <see cref="StructuralSimilarity"/>.
/// </summary>
public sealed class SsimLoss : ImageLoss
{
    private readonly StructuralSimilarityOptions similarity;

    /// <summary>Creates the loss.</summary>
    /// <param name="options">Settings; null for the published ones.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public SsimLoss(SsimLossOptions? options = null)
        : base(options ??= new SsimLossOptions())
    {
        OptionChecks.RequireNotNull(options.Similarity);
        similarity = options.Similarity;
    }

    private protected override Tensor PerImage(Tensor restored, Tensor reference) =>
        StructuralSimilarity.Map(restored, reference, similarity).mean([1, 2, 3]).Times(-1).Plus(1);
}
