using static TorchSharp.torch;

namespace Mdf.Losses;

/// <summary>The loss by ordinary operations and autograd: every gradient of every order, at the price of keeping all features.</summary>
internal static class GraphEvaluation
{
    /// <summary>The loss of each image, scale and layer, (N, K, L).</summary>
    public static Tensor Terms(FoldedPyramid network, Tensor restored, Tensor reference)
    {
        using var scope = NewDisposeScope();
        bool referenceLearns = reference.requires_grad && is_grad_enabled();
        Tensor y = reference.to(network.Precision(reference));
        return Terms(network, restored, (_, discriminator) =>
        {
            using var noGradient = referenceLearns ? null : no_grad();
            return discriminator.Features(y, network.Options.Layers);
        }).MoveToOuterDisposeScope();
    }

    /// <summary>The same against features of the reference computed before.</summary>
    public static Tensor Terms(FoldedPyramid network, Tensor restored, IReadOnlyList<Tensor[]> reference) =>
        Terms(network, restored, (scale, _) => reference[scale]);

    private static Tensor Terms(FoldedPyramid network, Tensor restored, Func<int, FoldedDiscriminator, Tensor[]> referenceFeatures)
    {
        using var scope = NewDisposeScope();
        ScalarType precision = network.Precision(restored);
        ScalarType distances = precision == ScalarType.BFloat16 ? ScalarType.Float32 : precision;
        Tensor x = restored.to(precision);
        var terms = new List<Tensor>();
        foreach ((int scale, FoldedDiscriminator discriminator) in network.On(precision).Index())
        {
            using var ofScale = NewDisposeScope();
            Tensor[] ys = referenceFeatures(scale, discriminator);
            Tensor[] xs = discriminator.Features(x, network.Options.Layers);
            terms.Add(stack(xs.Zip(ys, (fx, fy) => (fx - fy).to(distances).square().mean([1, 2, 3])), dim: 1).MoveToOuterDisposeScope());
        }

        return stack(terms, dim: 1).MoveToOuterDisposeScope();
    }
}
