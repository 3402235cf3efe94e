using System.Text.Json;
using static TorchSharp.torch;

namespace Mdf.Imaging.Tests;

/// <summary>JPEG against files that Pillow wrote and the pixels it decoded them to.</summary>
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
        var reference = Reference.Open();
        var name = Name(image, quality, subsampling);

        using var decoded = ImageFile.Decode(reference.Bytes(name + "_bytes"));

        AssertSamePixels(reference.Bytes(name), ImageTensor.ToPixels(decoded));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void EncodeJpeg_SameImage_LosesTheSameAsPillow(string image, int quality, JpegChromaSubsampling subsampling)
    {
        var reference = Reference.Open();
        var name = Name(image, quality, subsampling);
        using var original = reference.Image(image + ".image", PixelLayout.Rgb24);

        using var decoded = ImageFile.Decode(ImageFile.EncodeJpeg(original, quality, subsampling));

        AssertSamePixels(reference.Bytes(name), ImageTensor.ToPixels(decoded));
    }

    [Theory]
    [InlineData("even")]
    [InlineData("odd")]
    public void EncodeJpeg_OneChannel_LosesTheSameAsPillow(string image)
    {
        var reference = Reference.Open();
        using var replicated = reference.Image(image + ".gray", PixelLayout.Gray8);
        using var original = replicated.narrow(1, 0, 1);

        using var decoded = ImageFile.Decode(ImageFile.EncodeJpeg(original, 10));
        using var gray = decoded.narrow(1, 0, 1);

        AssertSamePixels(reference.Bytes(image + ".gray_jpeg_q10"), ImageTensor.ToPixels(gray, PixelLayout.Gray8));
    }

    private static string Name(string image, int quality, JpegChromaSubsampling subsampling)
        => $"{image}.jpeg_q{quality}_{(subsampling == JpegChromaSubsampling.Samples420 ? 420 : 444)}";

    /// <summary>The tolerance between builds of libjpeg-turbo: one value in a hundred, by two levels.</summary>
    private static void AssertSamePixels(byte[] expected, byte[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        var differences = expected.Zip(actual, (a, b) => Math.Abs(a - b)).ToArray();
        Assert.InRange(differences.Max(), 0, 2);
        Assert.InRange(differences.Count(difference => difference != 0) / (double)differences.Length, 0, 0.01);
    }

    private sealed class Reference(byte[] file)
    {
        private readonly int _start = 8 + checked((int)BitConverter.ToInt64(file));

        public static Reference Open()
        {
            var shared = Environment.GetEnvironmentVariable("MDF_SHARED_DIR") ?? BesideRepository();
            var path = shared is null ? null : Path.Combine(shared, "reference", "imaging.safetensors");
            Assert.SkipUnless(File.Exists(path), $"reference data not found: {path ?? "no MDF_SHARED_DIR and no Mdf.sln above"}");
            return new Reference(File.ReadAllBytes(path!));
        }

        public byte[] Bytes(string name)
        {
            var (_, data) = Find(name);
            return data;
        }

        public Tensor Image(string name, PixelLayout layout)
        {
            var (shape, data) = Find(name);
            return ImageTensor.FromPixels(data, shape[1], shape[0], layout);
        }

        private static string? BesideRepository()
        {
            for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            {
                if (File.Exists(Path.Combine(folder.FullName, "Mdf.sln")))
                {
                    return Path.GetFullPath(Path.Combine(folder.FullName, "..", "shared"));
                }
            }

            return null;
        }

        private (int[] Shape, byte[] Data) Find(string name)
        {
            using var header = JsonDocument.Parse(file.AsMemory(8.._start));
            var entry = header.RootElement.GetProperty(name);
            Assert.Equal("U8", entry.GetProperty("dtype").GetString());
            var offsets = entry.GetProperty("data_offsets");
            int[] shape = [.. entry.GetProperty("shape").EnumerateArray().Select(size => size.GetInt32())];
            return (shape, file[(_start + offsets[0].GetInt32())..(_start + offsets[1].GetInt32())]);
        }
    }
}
