using Mdf.Degradations;

namespace Mdf.Data;

/// <summary>Images with a degradation, or with their degraded versions.</summary>
/// <param name="Count">Number of images.</param>
/// <param name="Description">Text that identifies the images.</param>
/// <param name="NameOf">Names an image.</param>
/// <param name="Unreadable">Lists entries that cannot be used.</param>
/// <param name="Read">Reads an image and, if there is one, its degraded version.</param>
/// <param name="Degradation">Degradation of the images; null if they have degraded versions.</param>
internal sealed record PairSource(
    int Count,
    string Description,
    Func<int, string> NameOf,
    Func<IReadOnlyList<SkippedImage>> Unreadable,
    Func<int, (StoredImage Reference, StoredImage? Degraded)> Read,
    Degradation? Degradation)
{
    public static PairSource Of(IImageSource images, Degradation degradation)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(degradation);
        return new(
            AtLeastOne(images.Count, nameof(images)),
            images.Description,
            images.NameOf,
            () => images.Unreadable,
            index => (images.Read(index), null),
            degradation);
    }

    public static PairSource Of(IImagePairSource pairs)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        return new(
            AtLeastOne(pairs.Count, nameof(pairs)),
            pairs.Description,
            pairs.NameOf,
            () => pairs.Unreadable,
            index => Parts(pairs.Read(index)),
            null);
    }

    private static (StoredImage Reference, StoredImage? Degraded) Parts(ImagePair pair) => (pair.Reference, pair.Degraded);

    private static int AtLeastOne(int count, string name) =>
        count > 0 ? count : throw new ArgumentException("Expected at least one image, got none.", name);
}
