using Mdf.TorchCompatibility;
using static TorchSharp.torch;

namespace Mdf.Losses.Features;

/// <summary>
/// Computes the loss with autograd. It supports derivatives of any order, also with respect to the reference, but keeps all feature maps in
/// memory.
/// </summary>
internal static class GraphEvaluation
{
    /// <summary>Returns the loss of each image, network and layer, (N, K, L).</summary>
    public static Tensor Terms(IFeatureNetwork network, Tensor restored, Tensor reference)
    {
        using var scope = NewDisposeScope();
        bool referenceLearns = reference.requires_grad && is_grad_enabled();
        Tensor y = reference.to(Precision(network, reference));
        return Terms(network, restored, (_, extractor) =>
        {
            using var noGradient = referenceLearns ? null : no_grad();
            return extractor.Features(y, keepsGraph: true);
        }).MoveToOuterDisposeScope();
    }

    /// <summary>Returns the loss of each image, network and layer, (N, K, L), against precomputed features of the reference.</summary>
    public static Tensor Terms(IFeatureNetwork network, Tensor restored, IReadOnlyList<Tensor[]> reference) =>
        Terms(network, restored, (index, _) => reference[index]);

    private static Tensor Terms(IFeatureNetwork network, Tensor restored, Func<int, IFeatureExtractor, Tensor[]> referenceFeatures)
    {
        using var scope = NewDisposeScope();
        ScalarType precision = Precision(network, restored);
        Tensor x = restored.to(precision);
        var terms = new List<Tensor>();
        foreach ((int index, IFeatureExtractor extractor) in network.On(precision).Index())
        {
            using var ofExtractor = NewDisposeScope();
            Tensor[] ys = referenceFeatures(index, extractor);
            terms.Add(extractor.Distances(extractor.Features(x, keepsGraph: true), ys).MoveToOuterDisposeScope());
        }

        return cat(terms, dim: 1).MoveToOuterDisposeScope();
    }

    private static ScalarType Precision(IFeatureNetwork network, Tensor images) =>
        BFloat16Support.ForGradients(network.Precision(images), images.device_type);
}
