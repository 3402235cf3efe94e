using Mdf.Models.Adversarial;
using Reproduce.Losses;
using static TorchSharp.torch;

namespace Reproduce.Manifold;

/// <summary>Computes features of an image with a network.</summary>
/// <param name="Title">Name of the features.</param>
/// <param name="Network">Checksum of the network's weights, or identity of its training.</param>
/// <param name="Extract">Maps an image, (1, 3, H, W), to its features, (features).</param>
internal sealed record FeatureSource(string Title, string Network, Func<Tensor, Tensor> Extract)
{
    public const string SrganTitle = "SRGAN discriminator, global average pooling";

    // Size that feature maps of one channel are pooled to, so that there are no more features than pixels.
    private const int Grid = 16;

    /// <summary>
    /// Returns the discriminators' 24 feature maps averaged over channels, as the paper's supplement describes. Each map becomes a picture.
    /// </summary>
    public static FeatureSource ChannelAverages(DiscriminatorWeights weights, DiscriminatorPyramid discriminators) => new(
        $"MDF ({weights.Name}), averaged over channels",
        weights.Checksum,
        image => Concatenated(discriminators, image, map => nn.functional.adaptive_avg_pool2d(map.mean([1], keepdim: true), Grid)));

    /// <summary>
    /// Returns the discriminators' feature maps averaged over positions. Each channel becomes one number, as with SRGAN's discriminator.
    /// </summary>
    public static FeatureSource PositionAverages(DiscriminatorWeights weights, DiscriminatorPyramid discriminators) => new(
        $"MDF ({weights.Name}), averaged over positions",
        weights.Checksum,
        image => Concatenated(discriminators, image, map => map.mean([2, 3])));

    /// <summary>Returns the features of SRGAN's discriminator after global average pooling.</summary>
    public static FeatureSource Srgan(SrganDiscriminator discriminator, string network) => new(
        SrganTitle, network, image => discriminator.Features(image).flatten());

    private static Tensor Concatenated(DiscriminatorPyramid discriminators, Tensor image, Func<Tensor, Tensor> reduce)
    {
        using var scope = NewDisposeScope();
        var parts = new List<Tensor>();
        foreach (MdfDiscriminator scale in discriminators.Scales.Take(DiscriminatorWeights.PublishedScales))
        {
            (Tensor head, Tensor body, Tensor tail) = scale.Features(image);
            parts.AddRange([reduce(head).flatten(), reduce(body).flatten(), reduce(tail).flatten()]);
        }

        return cat([.. parts], 0).MoveToOuterDisposeScope();
    }
}
