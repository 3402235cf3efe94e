using System.Security.Cryptography;
using Mdf.Data;
using static TorchSharp.torch;

namespace Reproduce.Data;

/// <summary>A named set of images with a checksum of their content.</summary>
internal sealed class ImageSet
{
    private const int ChecksumDigits = 16;

    private readonly Lazy<string> checksum;

    /// <summary>Takes the first <paramref name="most"/> images of a source.</summary>
    public ImageSet(string name, IImageSource images, int most = int.MaxValue)
    {
        Name = name;
        Images = images;
        Count = Math.Min(images.Count, most);
        checksum = new Lazy<string>(ContentChecksum);
    }

    public string Name { get; }

    public IImageSource Images { get; }

    /// <summary>Number of images in the set; the source may hold more.</summary>
    public int Count { get; }

    /// <summary>Identifies the set in descriptions of experiments.</summary>
    public DataDescription Description => new(Name, Count, checksum.Value);

    /// <summary>Returns the middle of an image, (1, 3, side, side), or less if the image is smaller.</summary>
    public Tensor Middle(int index, int side)
    {
        StoredImage image = Images.Read(index);
        int width = Math.Min(image.Width, side), height = Math.Min(image.Height, side);
        return image.Crop((image.Width - width) / 2, (image.Height - height) / 2, width, height);
    }

    private string ContentChecksum()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (int i = 0; i < Count; i++)
        {
            if (Images is ImageFolder folder)
            {
                hash.AppendData(File.ReadAllBytes(Path.Combine(folder.FullName, folder.NameOf(i))));
                continue;
            }

            using Tensor pixels = Images.Read(i).ToTensor();
            hash.AppendData(pixels.bytes);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..ChecksumDigits];
    }
}
