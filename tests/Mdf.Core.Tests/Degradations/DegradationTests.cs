using System.Diagnostics;
using System.Globalization;
using Mdf.Degradations;
using Mdf.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace Mdf.Core.Tests.Degradations;

public sealed class DegradationTests
{
    public static TheoryData<Degradation> All =>
    [
        new NoDegradation(),
        new JpegCompression(7, 10) { RandomGridPhase = true },
        new GaussianNoise(5, 50) { Clip = true },
        new BicubicDownsampling(2),
        new BicubicDownUp(3),
        new DownUpBlur(),
        new GaussianBlur(1.5),
        new KernelBlur(BlurKernel.Motion(3, 0.5)),
        new PoissonNoise(1, 2),
        RealWorldDegradation.Bsrgan(1),
        RealWorldDegradation.RealEsrgan(1),
        new SinusoidalGrating(0.1, 6, 30),
        new ContrastChange(0.7),
        new BrightnessChange(-0.1),
        new ScrambledLaplacianPyramid(3),
        new Blend(new JpegCompression(10), 0.5),
        new GaussianNoise(25).Then(new GaussianBlur(1)),
        new SaltAndPepper(),
    ];

    public static TheoryData<Degradation> Ours => [.. All.Select(row => row.Data).Where(d => d is not SaltAndPepper)];

    public static TheoryData<Degradation> WithChance =>
    [
        new JpegCompression(5, 90),
        new JpegCompression(10) { RandomGridPhase = true },
        new GaussianNoise(25),
        new ScrambledLaplacianPyramid(2),
        new SaltAndPepper(),
    ];

    [Theory]
    [MemberData(nameof(All), DisableDiscoveryEnumeration = true)]
    public void Apply_SameSeed_SameResult(Degradation degradation)
    {
        using var scope = NewDisposeScope();
        Tensor images = Images.Two();
        TensorAssert.Equal(degradation.Apply(images, new Random(3)), degradation.Apply(images, new Random(3)));
    }

    /// <remarks>
    /// TorchSharp's own operators occasionally fail this test (see <see cref="Mdf.TorchCompatibility.ScalarArithmetic"/>).
    /// </remarks>
    [Theory]
    [MemberData(nameof(Ours), DisableDiscoveryEnumeration = true)]
    public void Apply_WhileGarbageIsCollected_GivesTheSame(Degradation degradation)
    {
        using var scope = NewDisposeScope();
        Tensor images = Images.Two(), expected = degradation.Apply(images, new Random(3));
        using var collections = new GarbageCollections();
        for (var watch = Stopwatch.StartNew(); watch.ElapsedMilliseconds < 500;)
        {
            using var step = NewDisposeScope();
            TensorAssert.Equal(expected, degradation.Apply(images, new Random(3)));
        }
    }

    [Theory]
    [MemberData(nameof(Ours), DisableDiscoveryEnumeration = true)]
    public void Apply_OnAGpu_GivesTheSameThere(Degradation degradation)
    {
        using var gpu = Gpu.Require();
        using var scope = NewDisposeScope();
        Tensor images = Images.Two(), result = degradation.Apply(images.cuda(), new Random(3));
        Assert.Equal(DeviceType.CUDA, result.device_type);
        TensorAssert.Near(degradation.Apply(images, new Random(3)), result.cpu(), 1e-5);
    }

    [Theory]
    [MemberData(nameof(WithChance), DisableDiscoveryEnumeration = true)]
    public void Apply_RandomOne_DrawsForEachImageAndSeed(Degradation degradation)
    {
        using var scope = NewDisposeScope();
        Tensor one = Images.Two().narrow(0, 0, 1);
        Tensor result = degradation.Apply(cat([one, one]), new Random(3));
        Assert.NotEqual(0, TensorAssert.LargestDifference(result[0], result[1]));
        Assert.NotEqual(0, TensorAssert.LargestDifference(result[0], degradation.Apply(one, new Random(4))[0]));
    }

    [Theory]
    [MemberData(nameof(All), DisableDiscoveryEnumeration = true)]
    public void Apply_AnyType_KeepsItAndLeavesTheImagesAlone(Degradation degradation)
    {
        using var scope = NewDisposeScope();
        Assert.All([ScalarType.Float32, ScalarType.Float64, ScalarType.BFloat16], type =>
        {
            Tensor images = Images.Two().to(type);
            Tensor before = images.clone();
            Tensor result = degradation.Apply(images, new Random(3));
            Assert.Equal(type, result.dtype);
            Assert.Equal(degradation is BicubicDownsampling ? [2, 3, 12, 16] : images.shape, result.shape);
            Assert.False(result.requires_grad);
            result.zero_();
            TensorAssert.Equal(before, images);
        });
    }

    [Theory]
    [MemberData(nameof(All), DisableDiscoveryEnumeration = true)]
    public void Apply_Disposed_LeavesNoTensor(Degradation degradation)
    {
        using Tensor images = Images.Two();
        LiveTensors.AssertNoneLeft(() => degradation.Apply(images, new Random(3)).Dispose());
        Assert.False(images.IsInvalid);
    }

    [Theory]
    [MemberData(nameof(All), DisableDiscoveryEnumeration = true)]
    public void Description_InAnyLanguage_IsTheSame(Degradation degradation)
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            string expected = degradation.Description;
            var comma = (CultureInfo)CultureInfo.InvariantCulture.Clone();
            comma.NumberFormat.NumberDecimalSeparator = ",";
            CultureInfo.CurrentCulture = comma;
            Assert.NotEmpty(expected);
            Assert.Equal(expected, degradation.Description);
            Assert.Equal(expected, degradation.ToString());
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void Apply_UserDefined_Works()
    {
        using var scope = NewDisposeScope();
        Tensor result = new SaltAndPepper().Apply(full([2, 3, 100, 100], 0.5f), new Random(1));
        Assert.InRange(result.eq(1).to(ScalarType.Float32).mean().item<float>(), 0.09, 0.11);
        Assert.Equal(nameof(SaltAndPepper), new SaltAndPepper().Description);
    }

    [Fact]
    public void Apply_IllegalArguments_AreNamed()
    {
        using var scope = NewDisposeScope();
        var none = new NoDegradation();
        Assert.Throws<ArgumentNullException>("images", () => none.Apply(null!, new Random(1)));
        Assert.Throws<ArgumentNullException>("random", () => none.Apply(rand(1, 3, 4, 4), null!));
        Assert.Contains(
            "(3, 4, 4)",
            Assert.Throws<ArgumentException>("images", () => none.Apply(rand(3, 4, 4), new Random(1))).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "(0, 3, 4, 4)",
            Assert.Throws<ArgumentException>("images", () => none.Apply(rand(0, 3, 4, 4), new Random(1))).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "Byte",
            Assert.Throws<ArgumentException>("images", () => none.Apply(zeros(1, 3, 4, 4, ScalarType.Byte), new Random(1))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Apply_WrongResult_SaysWhatIsWrong()
    {
        AssertFault(_ => null!, "is null");
        AssertFault(images => images[0], "(3, 8, 8)");
        AssertFault(images => images.narrow(1, 0, 1), "expected 2 images of 3 channels");
        AssertFault(images => images.to(ScalarType.Float64), "Float64; expected Float32");
        AssertFault(images => images.to(ScalarType.Int32), "Int32");

        static void AssertFault(Func<Tensor, Tensor> degrade, string reason)
        {
            using Tensor images = rand(2, 3, 8, 8);
            LiveTensors.AssertNoneLeft(() =>
            {
                var error = Assert.Throws<InvalidOperationException>(() => new Custom(degrade).Apply(images, new Random(1)));
                Assert.Contains(reason, error.Message, StringComparison.Ordinal);
                Assert.Contains(nameof(Custom), error.Message, StringComparison.Ordinal);
            });
        }
    }

    [Fact]
    public void Apply_ResultIsTheInput_LeavesTheCallersTensorAlive()
    {
        using Tensor images = rand(1, 1, 4, 4);
        using (NewDisposeScope())
        {
            Tensor result = new Custom(x => x).Apply(images, new Random(1));
            TensorAssert.Equal(images, result);
        }

        Assert.False(images.IsInvalid);
    }

    [Fact]
    public void Then_Several_AppliesThemInOrder()
    {
        using var scope = NewDisposeScope();
        Tensor images = Images.Two();
        Degradation both = new BrightnessChange(0.5).Then(new ContrastChange(0)).Then(new BrightnessChange(0.25));

        Tensor expected = images.mean([2, 3], keepdim: true).expand_as(images) + 0.75;
        TensorAssert.Near(expected, both.Apply(images, new Random(1)), 1e-6);
        Assert.Equal("brightness plus 0.5, then contrast times 0, then brightness plus 0.25", both.Description);
        Assert.Equal(2, Assert.IsType<CompositeDegradation>(both).Parts.Count);
    }

    [Fact]
    public void CompositeDegradation_NoneOrNull_Throws()
    {
        Assert.Throws<ArgumentException>("parts", () => new CompositeDegradation());
        Assert.Throws<ArgumentException>("parts", () => new NoDegradation().Then(null!));
    }

    private sealed class SaltAndPepper : Degradation
    {
        protected override Tensor Degrade(Tensor images, Random random)
        {
            using var generator = new Generator((ulong)random.NextInt64(), images.device);
            Tensor chance = rand(images.shape, device: images.device, generator: generator);
            return images.masked_fill(chance < 0.1, 1).masked_fill(chance > 0.9, 0);
        }
    }

    private sealed class Custom(Func<Tensor, Tensor> degrade) : Degradation
    {
        protected override Tensor Degrade(Tensor images, Random random) => degrade(images);
    }
}
