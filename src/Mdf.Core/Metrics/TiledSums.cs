using Mdf.Tiling;
using Mdf.TorchCompatibility;
using static TorchSharp.torch;

namespace Mdf.Metrics;

/// <summary>
/// Computes values that are functions of sums over positions, tile by tile, with or without their gradient. Memory depends on the tile,
/// not on the image.
/// </summary>
/// <remarks>Results equal those of the whole image up to rounding.</remarks>
internal static class TiledSums
{
    /// <summary>Returns the sums of some positions, (images, sums), from the parts of both images that these positions see.</summary>
    public delegate Tensor SumsOf(Tensor x, Tensor y, FramedTile tile);

    /// <summary>Computes each image's value.</summary>
    /// <param name="x">Images, (N, C, H, W).</param>
    /// <param name="y">Images of the same shape, type and device.</param>
    /// <param name="convert">Converts a part of either image to the values that are compared. The number of rows and columns stays.</param>
    /// <param name="frame">The way from images to the map that is summed.</param>
    /// <param name="sums">Sums the positions of a tile.</param>
    /// <param name="combine">Turns the sums of the whole images, (N, sums), into values, (N).</param>
    /// <param name="wantsGradient">Whether to compute the gradient with respect to <paramref name="x"/>.</param>
    /// <returns>
    /// The values, (N), and the gradient of each with respect to its image, or null. Both have the type of the converted values.
    /// </returns>
    public static (Tensor Values, Tensor? Gradient) Evaluate(
        Tensor x,
        Tensor y,
        Func<Tensor, Tensor> convert,
        Frame frame,
        SumsOf sums,
        Func<Tensor, Tensor> combine,
        bool wantsGradient)
    {
        using var scope = NewDisposeScope();
        Tensor totals;
        ScalarType type;
        using (no_grad())
        {
            totals = Totals(x, y, convert, frame, sums);
            type = convert(x[..1, .., ..1, ..1]).dtype;
        }

        using var grad = enable_grad(wantsGradient);
        Tensor leaf = totals.requires_grad_(wantsGradient), values = combine(leaf);
        if (!wantsGradient)
        {
            return (values.to(type).MoveToOuterDisposeScope(), null);
        }

        values.sum().backward();
        Tensor gradient = zeros_like(x, dtype: type, requires_grad: false);
        foreach (FramedTile tile in MetricImages.Tiles(x, frame))
        {
            using var ofTile = NewDisposeScope();
            Tensor seen = convert(tile.Of(x).detach()).detach().requires_grad_(true);
            Tensor ofSums = sums(seen, convert(tile.Of(y).detach()), tile);
            (ofSums * leaf.grad!.narrow(0, tile.FirstImage, tile.Images)).sum().backward();
            using var noGradient = no_grad();
            tile.Of(gradient).Add(seen.grad!);
        }

        return (values.detach().to(type).MoveToOuterDisposeScope(), gradient.MoveToOuterDisposeScope());
    }

    private static Tensor Totals(Tensor x, Tensor y, Func<Tensor, Tensor> convert, Frame frame, SumsOf sums)
    {
        Tensor? totals = null;
        foreach (FramedTile tile in MetricImages.Tiles(x, frame))
        {
            using var ofTile = NewDisposeScope();
            Tensor part = sums(convert(tile.Of(x)), convert(tile.Of(y)), tile);
            totals ??= zeros([x.shape[0], part.shape[1]], part.dtype, part.device).MoveToOuterDisposeScope();
            totals.narrow(0, tile.FirstImage, tile.Images).Add(part);
        }

        return totals!;
    }
}
