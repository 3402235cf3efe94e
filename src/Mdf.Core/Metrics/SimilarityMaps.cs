using Mdf.TorchCompatibility;
using static TorchSharp.torch;

namespace Mdf.Metrics;

/// <summary>
/// The two factors of the structural similarity at each position: luminance, <c>(2 mx my + c1) / (mx^2 + my^2 + c1)</c>, and contrast and
/// structure, <c>(2 sxy + c2) / (sx^2 + sy^2 + c2)</c>.
/// </summary>
internal readonly record struct SimilarityMaps(Tensor Luminance, Tensor ContrastAndStructure)
{
    /// <summary>The structural similarity, the product of both factors.</summary>
    public Tensor Similarity => Luminance * ContrastAndStructure;

    /// <summary>Computes both factors in the caller's dispose scope. Gradients flow to both images.</summary>
    /// <param name="x">Images, (N, C, H, W), float32 or float64, in [0, 1], with sides of at least the window size.</param>
    /// <param name="y">Images of the same shape, type and device.</param>
    /// <param name="options">Window and constants.</param>
    public static SimilarityMaps Of(Tensor x, Tensor y, StructuralSimilarityOptions options)
    {
        (double c1, double c2) = (options.K1 * options.K1, options.K2 * options.K2);

        // Variances are differences of moments. Shifting by the mean does not change them but minimises cancellation.
        Tensor shift = y.detach().mean([2, 3], keepdim: true);
        Tensor fromShiftX = x - shift, fromShiftY = y - shift;

        // Only the sum of the two variances is needed, so four moments are enough.
        Tensor products = stack([fromShiftX, fromShiftY, fromShiftX.Squared().Plus(fromShiftY.Squared()), fromShiftX * fromShiftY]);
        Tensor moments = GaussianWindow.Filter(products.reshape(-1, x.shape[2], x.shape[3]), options.WindowSize, options.Sigma);
        Tensor[] maps = moments.reshape(4, x.shape[0], x.shape[1], moments.shape[1], moments.shape[2]).unbind(0);
        (Tensor offsetX, Tensor offsetY, Tensor squares, Tensor product) = (maps[0], maps[1], maps[2], maps[3]);
        Tensor variances = squares - offsetX.Squared().Plus(offsetY.Squared()), covariance = product - (offsetX * offsetY);
        Tensor meanX = offsetX.Plus(shift), meanY = offsetY.Plus(shift);
        return new SimilarityMaps(
            (meanX.Times(2) * meanY).Plus(c1) / meanX.Squared().Plus(meanY.Squared()).Plus(c1),
            covariance.Times(2).Plus(c2) / variances.Plus(c2));
    }
}
