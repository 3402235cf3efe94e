using System.Globalization;
using Mdf.Metrics;
using Mdf.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace Mdf.Core.Tests.Metrics;

/// <summary>Metrics process large images in tiles: results are those of the whole images, memory depends on the tile.</summary>
public sealed class LargeImageTests : IDisposable
{
    private const long Height = 701, Width = 602;

    private readonly DisposeScope scope = NewDisposeScope();
    private readonly Tensor y = rand(1, 3, Height, Width, generator: new Generator(1));
    private readonly Tensor x;

    public LargeImageTests() => x = (y + (0.1 * randn(y.shape, generator: new Generator(2)))).clamp(0, 1);

    public void Dispose() => scope.Dispose();

    [Fact]
    public void Psnr_InTiles_IsThatOfTheWholeImage()
    {
        Tensor expected = -10 * (x.to(ScalarType.Float64) - y.to(ScalarType.Float64)).pow(2).mean([1, 2, 3]).log10();
        TensorAssert.Near(expected, Psnr.Measure(x, y), 1e-11);
    }

    [Fact]
    public void StructuralSimilarity_InTiles_IsThatOfTheWholeImage()
    {
        Tensor expected = StructuralSimilarity.Map(x.to(ScalarType.Float64), y.to(ScalarType.Float64)).mean([1, 2, 3]);
        TensorAssert.Near(expected, StructuralSimilarity.Measure(x, y), 1e-12);
    }

    [Theory]
    [InlineData(OddSides.Replicate)]
    [InlineData(OddSides.Drop)]
    public void MultiScale_InTiles_IsThatOfTheWholeImage(OddSides oddSides)
    {
        var options = new MultiScaleStructuralSimilarityOptions { OddSides = oddSides };
        Tensor expected = MultiScaleStructuralSimilarity.PerChannel(x.to(ScalarType.Float64), y.to(ScalarType.Float64), options).mean([1]);
        TensorAssert.Near(expected, MultiScaleStructuralSimilarity.Measure(x, y, options: options), 1e-12);
    }

    [Fact]
    public void Luma_InTiles_IsThatOfTheWholeImage()
    {
        var options = new MetricOptions { Channels = MetricChannels.Luma, CropBorder = 3, RoundToBytes = true };
        (Tensor a, Tensor b) = MetricImages.Selected(x, y, options);
        Tensor expected = StructuralSimilarity.Map(MetricImages.Values(a, options), MetricImages.Values(b, options)).mean([1, 2, 3]);
        TensorAssert.Near(expected, StructuralSimilarity.Measure(x, y, options), 1e-12);
    }

    // The images take 96 MB. Whole images in float64 and their moments took 1.4 GB.
    [Fact]
    public void Metrics_OfAnImageOf4Megapixels_TakeLittleMemory()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "reads the peak from /proc");
        Tensor reference = rand(1, 3, 2000, 2000), restored = reference.mul(0.5f);
        File.WriteAllText("/proc/self/clear_refs", "5");
        long before = Megabytes("VmRSS");

        Psnr.Measure(restored, reference).Dispose();
        StructuralSimilarity.Measure(restored, reference).Dispose();

        Assert.InRange(Megabytes("VmHWM") - before, 0, 500);
    }

    private static long Megabytes(string name)
    {
        string line = File.ReadLines("/proc/self/status").First(l => l.StartsWith(name, StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
    }
}
