using Mdf.Guards;
using static TorchSharp.torch;

namespace Mdf.Training.Discriminators;

/// <summary>Checks seed images one by one and against each other.</summary>
internal static class SeedImageChecks
{
    public static void Check(IReadOnlyList<SeedImage> images, DiscriminatorTrainingOptions options)
    {
        if (images.Count == 0)
        {
            throw new ArgumentException("There is no seed image; expected at least one.", nameof(images));
        }

        foreach (SeedImage image in images)
        {
            if (Trouble(image, images[0], options) is { } trouble)
            {
                throw new ArgumentException($"Seed image '{image?.Name}' {trouble}", nameof(images));
            }
        }
    }

    private static string? Trouble(SeedImage? image, SeedImage first, DiscriminatorTrainingOptions options)
    {
        if (image?.Pixels is not Tensor pixels)
        {
            return "is null.";
        }

        long[] shape = pixels.shape;
        if (shape.Length != 4 || shape[0] != 1 || shape[1] < 1)
        {
            return $"has shape {ShapeText.Of(shape)}; expected one image, (1, C, H, W).";
        }

        if (shape[1] != first.Pixels.shape[1])
        {
            return $"has {shape[1]} channels; expected {first.Pixels.shape[1]}, as '{first.Name}' has.";
        }

        if (!pixels.is_floating_point())
        {
            return $"is of type {pixels.dtype}; expected floating point values in [0, 1].";
        }

        (int height, int width) = PyramidSizes.Finest(shape[2], shape[3], options);
        if (Math.Min(height, width) < options.MinimumSide)
        {
            string reduced = height < shape[2] ? $", reduced to {width} x {height} for {nameof(options.MaximumSide)}" : "";
            return $"is {shape[3]} x {shape[2]} pixels{reduced}; expected at least {options.MinimumSide} for each side, "
                + $"which is {nameof(options.MinimumSide)}.";
        }

        if (PyramidSizes.Of(shape[2], shape[3], options).Length is var count
            && PyramidSizes.Of(first.Pixels.shape[2], first.Pixels.shape[3], options).Length is var expected
            && count != expected)
        {
            return $"has a size for {count} scales; expected {expected}, as for '{first.Name}'. Set {nameof(options.ScaleCount)}.";
        }

        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        double low = pixels.min().to(ScalarType.Float64).item<double>(), high = pixels.max().to(ScalarType.Float64).item<double>();
        return !(low >= 0 && high <= 1) ? FormattableString.Invariant($"has values from {low:g3} to {high:g3}; expected [0, 1].")
            : low == high ? FormattableString.Invariant($"is flat, {low:g3} everywhere; expected an image with structure to learn from.")
            : null;
    }
}
