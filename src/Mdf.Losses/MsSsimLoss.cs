using Mdf.Metrics;
using Mdf.TorchCompatibility;
using static TorchSharp.torch;

namespace Mdf.Losses;

/// <summary>
/// What an image's multi-scale structural similarity lacks to 1, from 0 to 1; any number of channels. How it is computed, and how the
/// variant of the authors of MDF differs, is said at <see cref="MultiScaleStructuralSimilarity"/>.
/// </summary>
public sealed class MsSsimLoss : ImageLoss
{
    private readonly MultiScaleStructuralSimilarityOptions similarity;

    /// <summary>Creates the loss.</summary>
    /// <param name="options">Settings; null for the published ones.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public MsSsimLoss(MsSsimLossOptions? options = null)
        : base(options ??= new MsSsimLossOptions())
    {
        OptionChecks.RequireNotNull(options.Similarity);
        similarity = options.Similarity;
    }

    private protected override Tensor PerImage(Tensor restored, Tensor reference) =>
        MultiScaleStructuralSimilarity.PerChannel(restored, reference, similarity).mean([1]).Times(-1).Plus(1);
}
