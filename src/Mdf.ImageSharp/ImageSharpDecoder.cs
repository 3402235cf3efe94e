using Mdf.Data;
using Mdf.Imaging;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.PixelFormats;
using SixLabors.ImageSharp.Processing;
using static TorchSharp.torch;

namespace Mdf.ImageSharp;

/// <summary>Decodes files by ImageSharp.</summary>
internal static class ImageSharpDecoder
{
    /// <summary>Decodes the first frame of a file, upright, over white. PNG files with 16 bits a channel keep them.</summary>
    /// <param name="path">Path of the file.</param>
    /// <param name="maximumPixels">Largest number of pixels, which the file's header must not exceed.</param>
    /// <exception cref="ImageFileException">The file is not an image of a known format, damaged or too large.</exception>
    public static StoredImage Decode(string path, int maximumPixels)
    {
        byte[] encoded = File.ReadAllBytes(path);
        try
        {
            IImageInfo header = Image.Identify(encoded)
                ?? throw new ImageFileException("it is of no format that ImageSharp knows.", path);
            if (header.Width > maximumPixels / Math.Max(1, header.Height))
            {
                throw new ImageFileException(
                    $"its header claims {header.Width} x {header.Height} pixels, more than the {maximumPixels} that "
                    + $"{nameof(ImageFolderOptions)}.{nameof(ImageFolderOptions.MaximumPixels)} allows.",
                    path);
            }

            return PngHeader.TryRead(encoded) is { BitDepth: 16 }
                ? Upright<Rgba64>(encoded, FloatImage.FromTensor)
                : Upright<Rgba32>(encoded, ByteImage.FromTensor);
        }
        catch (Exception e) when (e is not (IOException or OutOfMemoryException))
        {
            // Decoders meet damage with many kinds of exceptions. Callers skip what is an IOException.
            throw new ImageFileException($"decoding failed ({e.Message}).", path, e);
        }
    }

    private static StoredImage Upright<TPixel>(byte[] encoded, Func<Tensor, StoredImage> store)
        where TPixel : unmanaged, IPixel<TPixel>
    {
        using Image<TPixel> image = Image.Load<TPixel>(encoded);
        image.Mutate(pixels => pixels.AutoOrient());
        using Tensor pixels = image.ToTensor();
        return store(pixels);
    }
}
