namespace Mdf.Training.Discriminators;

/// <summary>The sizes of a seed image at all scales, coarsest first, by SinGAN's rule.</summary>
internal static class PyramidSizes
{
    // Of SinGAN: where the number of scales follows from the image, each is about this much smaller than the next.
    private const double WishedFactor = 0.75;

    public static (int Height, int Width)[] Of(long height, long width, DiscriminatorTrainingOptions options)
    {
        (int finestHeight, int finestWidth) = Finest(height, width, options);
        double shortest = Math.Min(finestHeight, finestWidth);
        int count = options.ScaleCount ?? CountOf(height, width, options);
        double factor = count == 1 ? 1 : Math.Pow(options.MinimumSide / shortest, 1.0 / (count - 1));
        return [.. Enumerable.Range(0, count).Select(k => Math.Pow(factor, count - 1 - k)).Select(f => (Scaled(finestHeight, f), Scaled(finestWidth, f)))];
    }

    /// <summary>The size at the finest scale: that of the image, unless its longer side is above the largest allowed.</summary>
    public static (int Height, int Width) Finest(long height, long width, DiscriminatorTrainingOptions options)
    {
        double shrink = Math.Min((double)options.MaximumSide / Math.Max(height, width), 1);
        return (Scaled(height, shrink), Scaled(width, shrink));
    }

    // A side may come out a rounding error above a whole number.
    private static int Scaled(double side, double factor) => (int)Math.Ceiling((side * factor) - 1e-9);

    private static int CountOf(long height, long width, DiscriminatorTrainingOptions options)
    {
        double longest = Math.Max(height, width);
        double all = Math.Ceiling(Math.Log(options.MinimumSide / (double)Math.Min(height, width)) / Math.Log(WishedFactor)) + 1;
        double left = Math.Ceiling(Math.Log(Math.Min(options.MaximumSide, longest) / longest) / Math.Log(WishedFactor));
        return (int)Math.Max(all - left, 0) + 1;
    }
}
