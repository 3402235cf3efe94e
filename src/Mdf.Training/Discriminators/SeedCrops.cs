using Mdf.Data;
using Mdf.Guards;
using static TorchSharp.torch;

namespace Mdf.Training.Discriminators;

/// <summary>
/// Takes seed images from photographs as random crops at the photographs' own resolution, where <see cref="DiscriminatorTrainer"/> would
/// reduce whole photographs to <see cref="DiscriminatorTrainingOptions.MaximumSide"/> pixels.
/// </summary>
public static class SeedCrops
{
    // Draws of a crop before one of little contrast is taken after all.
    private const int MostDraws = 20;

    /// <summary>Draws crops from random photographs, at random positions. Flat crops, such as sky, are drawn again.</summary>
    /// <param name="photographs">The photographs. Those that are unreadable or smaller than a crop are left out.</param>
    /// <param name="count">Number of crops, at least 1.</param>
    /// <param name="side">Side of the square crops in pixels, at least 25. Default: 250.</param>
    /// <param name="seed">Seeds all random choices; the same seed gives the same crops. Default: 1.</param>
    /// <param name="minimumContrast">
    /// Smallest standard deviation of a crop's values, 0 to 0.5. After 20 flatter draws the next one is taken. Default: 0.05.
    /// </param>
    /// <returns>The crops, on the CPU, named after photograph and position. The caller disposes their pixels.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    /// <exception cref="IOException">None of the photographs can be used; the message gives the reason for the first.</exception>
    public static IReadOnlyList<SeedImage> Draw(
        IImageSource photographs, int count, int side = 250, long seed = 1, double minimumContrast = 0.05)
    {
        ArgumentNullException.ThrowIfNull(photographs);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(side, new DiscriminatorTrainingOptions().MinimumSide);
        if (minimumContrast is not (>= 0 and <= 0.5))
        {
            throw Guard.OutOfRange(minimumContrast, "0 to 0.5", nameof(minimumContrast));
        }

        var unusable = new Dictionary<int, string>();
        Random random = new SeedSequence(seed).Random(SeedSequence.Purpose.Crops, place: 0);
        var crops = new List<SeedImage>();
        try
        {
            while (crops.Count < count)
            {
                crops.Add(Draw(photographs, side, minimumContrast, random, unusable));
            }

            return crops;
        }
        catch
        {
            crops.ForEach(crop => crop.Pixels.Dispose());
            throw;
        }
    }

    private static SeedImage Draw(
        IImageSource photographs, int side, double minimumContrast, Random random, Dictionary<int, string> unusable)
    {
        for (int draws = 1; ; draws++)
        {
            (int index, StoredImage image) = Usable(photographs, side, random, unusable);
            (int left, int top) = (random.Next(image.Width - side + 1), random.Next(image.Height - side + 1));
            Tensor crop = image.Crop(left, top, side, side).DetachFromDisposeScope();
            if (draws > MostDraws || Deviation(crop) >= minimumContrast)
            {
                return new SeedImage($"{photographs.NameOf(index)} at {left}, {top}", crop);
            }

            crop.Dispose();
        }
    }

    private static (int Index, StoredImage Image) Usable(
        IImageSource photographs, int side, Random random, Dictionary<int, string> unusable)
    {
        while (unusable.Count < photographs.Count)
        {
            int index = random.Next(photographs.Count);
            if (unusable.ContainsKey(index))
            {
                continue;
            }

            try
            {
                StoredImage image = photographs.Read(index);
                if (Math.Min(image.Width, image.Height) >= side)
                {
                    return (index, image);
                }

                unusable.Add(index, $"it is {image.Width} x {image.Height} pixels; at least {side} each way are needed.");
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                unusable.Add(index, e.Message);
            }
        }

        string reason = unusable.Count == 0
            ? "There are none."
            : $"The first, {photographs.NameOf(unusable.Keys.Min())}: {unusable[unusable.Keys.Min()]}";
        throw new IOException($"None of the {photographs.Count} photographs can be used. {reason}");
    }

    private static double Deviation(Tensor crop)
    {
        using Tensor deviation = crop.std();
        return deviation.item<float>();
    }
}
