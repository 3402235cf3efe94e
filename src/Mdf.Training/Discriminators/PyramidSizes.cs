namespace Mdf.Training.Discriminators;

/// <summary>Computes the sizes of a seed image at all scales by SinGAN's rule.</summary>
internal static class PyramidSizes
{
    // SinGAN's approximate ratio of successive scales if the number of scales is derived from the image's size.
    private const double WishedFactor = 0.75;

    /// <summary>Returns the sizes at all scales, coarsest first.</summary>
    public static (int Height, int Width)[] Of(long height, long width, DiscriminatorTrainingOptions options)
    {
        (int finestHeight, int finestWidth) = Finest(height, width, options);
        double shortest = Math.Min(finestHeight, finestWidth);
        int count = options.ScaleCount ?? CountOf(height, width, options);
        double factor = count == 1 ? 1 : Math.Pow(options.MinimumSide / shortest, 1.0 / (count - 1));
        return [.. Enumerable.Range(0, count)
            .Select(k => Math.Pow(factor, count - 1 - k))
            .Select(f => (Scaled(finestHeight, f), Scaled(finestWidth, f)))];
    }

    /// <summary>Returns the size at the finest scale: the image's own size, downscaled if its longer side exceeds the maximum.</summary>
    public static (int Height, int Width) Finest(long height, long width, DiscriminatorTrainingOptions options)
    {
        double shrink = Math.Min((double)options.MaximumSide / Math.Max(height, width), 1);
        return (Scaled(height, shrink), Scaled(width, shrink));
    }

    // Subtracts a tolerance, because rounding may put a side slightly above a whole number.
    private static int Scaled(double side, double factor) => (int)Math.Ceiling((side * factor) - 1e-9);

    private static int CountOf(long height, long width, DiscriminatorTrainingOptions options)
    {
        double longest = Math.Max(height, width);
        double all = Math.Ceiling(Math.Log(options.MinimumSide / (double)Math.Min(height, width)) / Math.Log(WishedFactor)) + 1;
        double left = Math.Ceiling(Math.Log(Math.Min(options.MaximumSide, longest) / longest) / Math.Log(WishedFactor));
        return (int)Math.Max(all - left, 0) + 1;
    }
}
