using Mdf.Imaging;

namespace Mdf.Data;

/// <summary>
/// Reads images and their degraded versions, and keeps a list of those that cannot be used: unreadable ones, too small ones, and ones of
/// another number of channels or scale.
/// </summary>
internal sealed class UsableImages(PairSource source, int scale, int channels)
{
    private const int GrayChannels = 1;
    private const int ColorChannels = 3;

    private readonly Lock gate = new();
    private readonly OrderedDictionary<int, SkippedImage> skipped = [];

    /// <summary>The source's unreadable entries and the images that have been skipped so far, with the reasons.</summary>
    public IReadOnlyList<SkippedImage> Skipped
    {
        get
        {
            lock (gate)
            {
                return [.. source.Unreadable(), .. skipped.Values];
            }
        }
    }

    /// <summary>Reads an image; null if it cannot be used.</summary>
    public (StoredImage Reference, StoredImage? Degraded)? Read(int index, int leastSide)
    {
        lock (gate)
        {
            if (skipped.ContainsKey(index))
            {
                return null;
            }
        }

        string reason;
        try
        {
            (StoredImage reference, StoredImage? degraded) = source.Read(index);
            if (Fault(reference, degraded, leastSide) is not { } fault)
            {
                return (reference, degraded);
            }

            reason = fault;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            reason = e is ImageFileException bad ? bad.Reason : e.Message;
        }

        lock (gate)
        {
            skipped.TryAdd(index, new SkippedImage(source.NameOf(index), reason));
        }

        return null;
    }

    /// <summary>
    /// Reads a random image. Unusable images are redrawn; which images are unusable is not random, so one seed gives the same images.
    /// </summary>
    /// <exception cref="IOException">None of the images can be used.</exception>
    public (StoredImage Reference, StoredImage? Degraded) Draw(int leastSide, Random random)
    {
        while (true)
        {
            RequireOne();
            if (Read(random.Next(source.Count), leastSide) is { } pair)
            {
                return pair;
            }
        }
    }

    /// <summary>Reads every image of a share once, so that <see cref="Skipped"/> lists those that cannot be used.</summary>
    /// <param name="leastSide">Smallest height and width an image must have, in pixels.</param>
    /// <param name="first">Index of the share's first image.</param>
    /// <param name="stride">Distance of the share's images; 1 for all images.</param>
    /// <param name="cancellation">Ends the reading between two images.</param>
    /// <exception cref="IOException">None of the images can be used.</exception>
    public void ReadAll(int leastSide, int first, int stride, CancellationToken cancellation)
    {
        for (int i = first; i < source.Count && !cancellation.IsCancellationRequested; i += stride)
        {
            Read(i, leastSide);
        }

        RequireOne();
    }

    private void RequireOne()
    {
        lock (gate)
        {
            if (skipped.Count == source.Count)
            {
                SkippedImage first = skipped.GetAt(0).Value;
                throw new IOException(
                    $"None of the {source.Count} images can be used; the first of them: {first.Name}: {first.Reason}");
            }
        }
    }

    private string? Fault(StoredImage reference, StoredImage? degraded, int leastSide)
    {
        if (Math.Min(reference.Width, reference.Height) < leastSide)
        {
            return $"it is {reference.Width} x {reference.Height} pixels; at least {leastSide} each way are needed.";
        }

        if (!Fits(reference.Channels) || (degraded is not null && !Fits(degraded.Channels)))
        {
            return $"it has {(Fits(reference.Channels) ? degraded!.Channels : reference.Channels)} channels; {channels} are needed.";
        }

        int width = reference.Width / scale, height = reference.Height / scale;
        return degraded is null || (degraded.Width == width && degraded.Height == height)
            ? null
            : $"its degraded image has {degraded.Width} x {degraded.Height} pixels; {width} x {height} are needed, for a reference of "
                + $"{reference.Width} x {reference.Height} pixels and a scale of {scale}.";
    }

    private bool Fits(int found) =>
        found == channels || (found, channels) is (GrayChannels, ColorChannels) or (ColorChannels, GrayChannels);
}
