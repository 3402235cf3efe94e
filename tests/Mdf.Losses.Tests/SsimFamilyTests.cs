using Mdf.Checkpoints;
using Mdf.Metrics;
using Mdf.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace Mdf.Losses.Tests;

/// <summary>The losses made of structural similarity; the similarity itself is tested beside it, in Mdf.Core.Tests.</summary>
public sealed class SsimFamilyTests : IDisposable
{
    private static readonly string[] Pairs = ["rgb", "gray"];
    private static readonly ScalarType[] Types = [ScalarType.Float32, ScalarType.Float64];

    private readonly DisposeScope scope = NewDisposeScope();

    public static TheoryData<string, ScalarType> PairsAndTypes => new(from pair in Pairs from dtype in Types select (pair, dtype));

    public void Dispose() => scope.Dispose();

    [Theory]
    [MemberData(nameof(PairsAndTypes))]
    public void Forward_Photographs_AreOneLessPiqs(string pair, ScalarType dtype)
    {
        using StateDictionary stored = ReferenceData.Open("ssim.safetensors");
        Tensor x = stored[$"{pair}.x"].to(dtype), y = stored[$"{pair}.y"].to(dtype);
        using var ssim = new SsimLoss(new SsimLossOptions { Reduction = nn.Reduction.None });
        using var multiScale = new MsSsimLoss(new MsSsimLossOptions { Reduction = nn.Reduction.None });
        TensorAssert.Near(1 - stored[$"{pair}.ssim"], ssim.call(x, y), Tolerance(dtype));
        TensorAssert.Near(1 - stored[$"{pair}.msssim"], multiScale.call(x, y), Tolerance(dtype));
    }

    [Theory]
    [MemberData(nameof(PairsAndTypes))]
    public void Mix_Photographs_ValueAndGradientAreTheReferences(string pair, ScalarType dtype)
    {
        using StateDictionary stored = ReferenceData.Open("ssim.safetensors");
        Tensor x = stored[$"{pair}.x"].to(dtype, copy: true).requires_grad_(true), y = stored[$"{pair}.y"].to(dtype);
        using var loss = new MsSsimL1Loss();
        using var images = new MsSsimL1Loss(new MsSsimL1LossOptions { Reduction = nn.Reduction.None });

        loss.call(x, y).backward();

        TensorAssert.Near(stored[$"{pair}.msssim_l1"], images.call(x, y).detach(), Tolerance(dtype));
        Tensor signs = (x.detach() - y).sign().to(ScalarType.Float64);
        Tensor expected = (stored[$"{pair}.msssim_grad_x"].to(ScalarType.Float64) * -0.84) + (signs * (0.16 / x.numel()));
        Assert.InRange(TensorAssert.RelativeNormError(expected, x.grad!), 0, dtype == ScalarType.Float64 ? 1e-7 : 1e-4);
    }

    [Fact]
    public void Mix_StructureWeight_IsThatOfTheStructure()
    {
        Tensor y = TestImages.Create(1, ScalarType.Float64, 1, 3, 24, 24), x = TestImages.Noisy(y, 0.2);
        var similarity = new MultiScaleStructuralSimilarityOptions { ScaleCount = 2 };
        Tensor Mix(double weight)
        {
            using var mix = new MsSsimL1Loss(new MsSsimL1LossOptions { StructureWeight = weight, Similarity = similarity });
            return mix.call(x, y);
        }

        using var structure = new MsSsimLoss(new MsSsimLossOptions { Similarity = similarity });
        using var pixels = new L1Loss();
        TensorAssert.RelativelyNear(structure.call(x, y), Mix(1), 1e-14);
        TensorAssert.RelativelyNear(pixels.call(x, y), Mix(0), 1e-14);
        TensorAssert.RelativelyNear((structure.call(x, y) * 0.3) + (pixels.call(x, y) * 0.7), Mix(0.3), 1e-14);
    }

    [Fact]
    public void MsSsimLoss_SmallImages_SaysWhatWouldTakeThem()
    {
        using var loss = new MsSsimLoss();
        Tensor x = zeros(1, 3, 96, 96);
        string message = Assert.Throws<ArgumentException>("restored", () => loss.call(x, x)).Message;
        Assert.Contains("96 pixels high and 96 wide; expected at least 161", message, StringComparison.Ordinal);
        Assert.Contains("ScaleCount of at most 4", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Constructor_OptionsOutOfRange_NamesThem()
    {
        AssertRefused("Similarity is null", () => new SsimLoss(new SsimLossOptions { Similarity = null! }));
        AssertRefused("Similarity is null", () => new MsSsimLoss(new MsSsimLossOptions { Similarity = null! }));
        AssertRefused("Similarity is null", () => new MsSsimL1Loss(new MsSsimL1LossOptions { Similarity = null! }));
        AssertRefused("StructureWeight is 1.5; expected 0 to 1", () => new MsSsimL1Loss(new MsSsimL1LossOptions { StructureWeight = 1.5 }));
        AssertRefused("StructureWeight is NaN", () => new MsSsimL1Loss(new MsSsimL1LossOptions { StructureWeight = double.NaN }));

        static void AssertRefused(string said, Func<object> create) =>
            Assert.Contains(said, Assert.Throws<ArgumentOutOfRangeException>("options", create).Message, StringComparison.Ordinal);
    }

    // piq's own float32 is 1.6e-5 from its float64.
    private static double Tolerance(ScalarType dtype) => dtype == ScalarType.Float64 ? 1e-10 : 2e-6;
}
