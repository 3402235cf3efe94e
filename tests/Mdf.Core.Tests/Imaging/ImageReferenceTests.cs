using Mdf.Checkpoints;
using Mdf.Imaging;
using Mdf.Testing;
using static TorchSharp.torch;

namespace Mdf.Core.Tests.Imaging;

/// <summary>Compares JPEG files and decoded pixels with those of Pillow.</summary>
public sealed class ImageReferenceTests
{
    public static TheoryData<string, int, JpegChromaSubsampling> Cases
    {
        get
        {
            var cases = new TheoryData<string, int, JpegChromaSubsampling>();
            foreach (var image in new[] { "even", "odd" })
            {
                foreach (var quality in new[] { 7, 10, 50 })
                {
                    cases.Add(image, quality, JpegChromaSubsampling.Samples420);
                    cases.Add(image, quality, JpegChromaSubsampling.Samples444);
                }
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Decode_PillowJpeg_GivesTheSamePixels(string image, int quality, JpegChromaSubsampling subsampling)
    {
        using var reference = ReferenceData.Open("imaging.safetensors");
        var name = Name(image, quality, subsampling);

        using var decoded = ImageFile.Decode(Bytes(reference, name + "_bytes"));

        AssertSamePixels(Bytes(reference, name), ImageTensor.ToPixels(decoded));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void EncodeJpeg_SameImage_LosesTheSameAsPillow(string image, int quality, JpegChromaSubsampling subsampling)
    {
        using var reference = ReferenceData.Open("imaging.safetensors");
        var name = Name(image, quality, subsampling);
        using var original = Image(reference, image + ".image", PixelLayout.Rgb24);

        using var decoded = ImageFile.Decode(ImageFile.EncodeJpeg(original, quality, subsampling));

        AssertSamePixels(Bytes(reference, name), ImageTensor.ToPixels(decoded));
    }

    [Theory]
    [InlineData("even")]
    [InlineData("odd")]
    public void EncodeJpeg_OneChannel_LosesTheSameAsPillow(string image)
    {
        using var reference = ReferenceData.Open("imaging.safetensors");
        using var replicated = Image(reference, image + ".gray", PixelLayout.Gray8);
        using var original = replicated.narrow(1, 0, 1);

        using var decoded = ImageFile.Decode(ImageFile.EncodeJpeg(original, 10));
        using var gray = decoded.narrow(1, 0, 1);

        AssertSamePixels(Bytes(reference, image + ".gray_jpeg_q10"), ImageTensor.ToPixels(gray, PixelLayout.Gray8));
    }

    private static string Name(string image, int quality, JpegChromaSubsampling subsampling)
        => $"{image}.jpeg_q{quality}_{(subsampling == JpegChromaSubsampling.Samples420 ? 420 : 444)}";

    /// <summary>Asserts equality up to differences between libjpeg-turbo builds: at most 1 % of the values, by up to two levels.</summary>
    private static void AssertSamePixels(byte[] expected, byte[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        var differences = expected.Zip(actual, (a, b) => Math.Abs(a - b)).ToArray();
        Assert.InRange(differences.Max(), 0, 2);
        Assert.InRange(differences.Count(difference => difference != 0) / (double)differences.Length, 0, 0.01);
    }

    private static byte[] Bytes(StateDictionary reference, string name) => reference[name].bytes.ToArray();

    private static Tensor Image(StateDictionary reference, string name, PixelLayout layout)
        => ImageTensor.FromPixels(reference[name].bytes, (int)reference[name].shape[1], (int)reference[name].shape[0], layout);
}
