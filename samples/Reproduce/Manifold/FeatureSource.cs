using Mdf.Models.Adversarial;
using Reproduce.Losses;
using static TorchSharp.torch;

namespace Reproduce.Manifold;

/// <summary>Features of an image by a network.</summary>
/// <param name="Title">What they are.</param>
/// <param name="Network">The network's checksum, or what it was trained by.</param>
/// <param name="Extract">(1, 3, H, W) to (features).</param>
internal sealed record FeatureSource(string Title, string Network, Func<Tensor, Tensor> Extract)
{
    public const string SrganTitle = "SRGAN discriminator, global average pooling";

    // What maps of one channel are reduced to, so that there are not more numbers than pixels.
    private const int Grid = 16;

    /// <summary>"Averaged over channels", as the supplement has it: what is left of each of the 24 maps is a picture.</summary>
    public static FeatureSource ChannelAverages(DiscriminatorWeights weights, DiscriminatorPyramid discriminators) => new(
        $"MDF ({weights.Name}), averaged over channels",
        weights.Checksum,
        image => Concatenated(discriminators, image, map => nn.functional.adaptive_avg_pool2d(map.mean([1], keepdim: true), Grid)));

    /// <summary>Averaged over positions instead: what is left of each map is a number a channel, as with the discriminator of SRGAN.</summary>
    public static FeatureSource PositionAverages(DiscriminatorWeights weights, DiscriminatorPyramid discriminators) => new(
        $"MDF ({weights.Name}), averaged over positions",
        weights.Checksum,
        image => Concatenated(discriminators, image, map => map.mean([2, 3])));

    /// <summary>The discriminator of SRGAN, after global average pooling.</summary>
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
