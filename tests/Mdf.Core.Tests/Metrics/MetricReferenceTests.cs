using Mdf.Checkpoints;
using Mdf.Metrics;
using Mdf.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace Mdf.Core.Tests.Metrics;

/// <summary>Compares metrics with piq, scikit-image and BasicSR, and shows how the code of the MDF authors differs.</summary>
public sealed class MetricReferenceTests : IDisposable
{
    private static readonly string[] Pairs = ["rgb", "gray"];
    private static readonly ScalarType[] Types = [ScalarType.Float32, ScalarType.Float64];

    private readonly DisposeScope scope = NewDisposeScope();

    public static TheoryData<string, ScalarType> PairsAndTypes => new(
        from pair in Pairs
        from dtype in Types
        select (pair, dtype));

    public void Dispose() => scope.Dispose();

    [Theory]
    [MemberData(nameof(PairsAndTypes))]
    public void Map_MeanAndGradient_ArePiqs(string pair, ScalarType dtype)
    {
        using StateDictionary stored = ReferenceData.Open("ssim.safetensors");
        (Tensor x, Tensor y) = Pair(stored, pair, dtype);

        Tensor value = StructuralSimilarity.Map(x, y).mean([1, 2, 3]);
        value.mean().backward();

        // piq's float32 and float64 results differ by 1.6e-5.
        TensorAssert.Near(stored[$"{pair}.ssim"], value.detach(), dtype == ScalarType.Float64 ? 1e-10 : 2e-6);
        TensorAssert.Near(stored[$"{pair}.skimage_ssim"], value.detach(), 1e-5);
        AssertGradient(stored[$"{pair}.ssim_grad_x"], x.grad!, dtype);
    }

    [Theory]
    [MemberData(nameof(PairsAndTypes))]
    public void PerChannel_MeanAndGradient_ArePiqs(string pair, ScalarType dtype)
    {
        using StateDictionary stored = ReferenceData.Open("ssim.safetensors");
        (Tensor x, Tensor y) = Pair(stored, pair, dtype);

        Tensor value = MultiScaleStructuralSimilarity.PerChannel(x, y).mean([1]);
        value.mean().backward();

        TensorAssert.Near(stored[$"{pair}.msssim"], value.detach(), dtype == ScalarType.Float64 ? 1e-10 : 2e-6);
        AssertGradient(stored[$"{pair}.msssim_grad_x"], x.grad!, dtype);
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.Float64)]
    public void PerChannel_OddSidesDropped_IsPlainPooling(ScalarType dtype)
    {
        using StateDictionary stored = ReferenceData.Open("ssim.safetensors");
        (Tensor x, Tensor y) = Pair(stored, "gray", dtype);
        Tensor value = MultiScaleStructuralSimilarity.PerChannel(x, y, new() { OddSides = OddSides.Drop }).mean([1]);
        TensorAssert.Near(stored["gray.msssim_floor"], value.detach(), dtype == ScalarType.Float64 ? 1e-10 : 2e-6);
    }

    [Theory]
    [InlineData("rgb")]
    [InlineData("gray")]
    public void Measure_Float32Images_IsThatOfFloat64(string pair)
    {
        using StateDictionary stored = ReferenceData.Open("ssim.safetensors");
        TensorAssert.Near(stored[$"{pair}.ssim"], StructuralSimilarity.Measure(stored[$"{pair}.x"], stored[$"{pair}.y"]), 1e-10);
        TensorAssert.Near(
            stored[$"{pair}.msssim"], MultiScaleStructuralSimilarity.Measure(stored[$"{pair}.x"], stored[$"{pair}.y"]), 1e-10);
    }

    [Theory]
    [InlineData("p1")]
    [InlineData("p2")]
    public void Measure_CropsAndLuma_AreBasicSRs(string pair)
    {
        using StateDictionary stored = ReferenceData.Open("metrics.safetensors");
        Tensor restored = Image(stored[$"{pair}.degraded"]), reference = Image(stored[$"{pair}.reference"]);
        foreach ((int row, int crop) in new[] { (0, 0), (1, 4) })
        {
            foreach ((int column, MetricChannels channels) in new[] { (0, MetricChannels.All), (1, MetricChannels.Luma) })
            {
                var options = new MetricOptions { CropBorder = crop, Channels = channels };
                TensorAssert.Near(stored[$"{pair}.psnr"][row, column].reshape(1), Psnr.Measure(restored, reference, options), 1e-4);
                TensorAssert.Near(
                    stored[$"{pair}.ssim"][row, column].reshape(1), StructuralSimilarity.Measure(restored, reference, options), 1e-5);
                TensorAssert.Equal(
                    Psnr.Measure(restored, reference, options), Psnr.Measure(restored, reference, options with { RoundToBytes = true }));
            }
        }

        static Tensor Image(Tensor pixels) => (pixels.permute(2, 0, 1).to(ScalarType.Float64) / 255).unsqueeze(0);
    }

    [Theory]
    [InlineData("rgb")]
    [InlineData("gray")]
    public void AuthorsSsim_IsTheMeanWithZerosAround(string pair)
    {
        using StateDictionary stored = ReferenceData.Open("ssim.safetensors");
        Tensor Framed(Tensor images) => nn.functional.pad(images.to(ScalarType.Float64), [5, 5, 5, 5]);
        Tensor value = StructuralSimilarity.Measure(Framed(stored[$"{pair}.x"]), Framed(stored[$"{pair}.y"]));
        TensorAssert.Near(stored[$"{pair}.mdf_repo_ssim_per_sample"], -value, 5e-5);
        Assert.True(TensorAssert.LargestDifference(stored[$"{pair}.mdf_repo_ssim_per_sample"], -stored[$"{pair}.ssim"]) > 1e-3);
    }

    [Theory]
    [InlineData("rgb")]
    [InlineData("gray")]
    public void AuthorsMsSsim_MultipliesTheLastLuminanceInFourTimes(string pair)
    {
        using StateDictionary stored = ReferenceData.Open("ssim.safetensors");
        double[] weights = [.. new MultiScaleStructuralSimilarityOptions().ScaleWeights];
        Tensor x = stored[$"{pair}.x"].to(ScalarType.Float64), y = stored[$"{pair}.y"].to(ScalarType.Float64);
        Tensor product = ones(1, dtype: ScalarType.Float64);
        for (int scale = 0; scale < weights.Length; scale++)
        {
            SimilarityMaps maps = SimilarityMaps.Of(x, y, new StructuralSimilarityOptions());
            Tensor similarity = (maps.Luminance * maps.ContrastAndStructure).mean(), contrast = maps.ContrastAndStructure.mean();
            product *= scale < 4 ? contrast.pow(weights[scale]) : similarity.pow(4 * weights[scale]);
            (x, y) = (nn.functional.avg_pool2d(x, 2), nn.functional.avg_pool2d(y, 2));
        }

        TensorAssert.Near(stored[$"{pair}.mdf_repo_msssim"], -product, 5e-5);
        double ours = stored[$"{pair}.msssim"].mean().item<double>();
        Assert.True(Math.Abs(ours - product.item<double>()) > 1e-4);
    }

    // Gradients are stored in float32; PyTorch's float32 gradients differ from its float64 gradients by 3e-5 to 1.7e-4.
    private static void AssertGradient(Tensor expected, Tensor actual, ScalarType dtype) =>
        Assert.InRange(TensorAssert.RelativeNormError(expected, actual), 0, dtype == ScalarType.Float64 ? 1e-7 : 2e-5);

    private static (Tensor X, Tensor Y) Pair(StateDictionary stored, string pair, ScalarType dtype) =>
        (stored[$"{pair}.x"].to(dtype, copy: true).requires_grad_(true), stored[$"{pair}.y"].to(dtype));
}
