using Mdf.Training.Discriminators;
using static TorchSharp.torch;

namespace TrainDiscriminators;

/// <summary>Shows the training of each scale in a contact sheet with one row per scale, coarsest first.</summary>
internal static class ContactSheet
{
    private const int Gap = 8;

    /// <summary>Joins seed image, generator's input and generated image of each scale, enlarged to the size of the finest scale.</summary>
    public static Tensor Of(IReadOnlyList<ScaleSample> samples)
    {
        using var scope = NewDisposeScope();
        long height = samples[^1].Real.shape[2], width = samples[^1].Real.shape[3], channels = samples[^1].Real.shape[1];
        Tensor beside = ones(1, channels, height, Gap), below = ones(1, channels, Gap, (3 * width) + (2 * Gap));
        IEnumerable<Tensor> rows = samples.Select(
            s => cat([Enlarged(s.Real), beside, Enlarged(s.Input), beside, Enlarged(s.Generated)], dim: 3));
        return cat([.. rows.SelectMany(r => new[] { below, r }).Skip(1)], dim: 2).clamp_(0, 1).MoveToOuterDisposeScope();

        // Nearest-neighbour interpolation keeps the pixels visible.
        Tensor Enlarged(Tensor image) => nn.functional.interpolate(image, [height, width], mode: InterpolationMode.Nearest);
    }
}
