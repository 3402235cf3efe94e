using Mdf.Models.Perceptual;
using Mdf.Models.Simd;
using Mdf.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace Mdf.Losses.Tests.Perceptual;

/// <summary>The losses by VGG without libtorch agree with those by libtorch in float64.</summary>
public sealed class VectorFeaturesTests : IDisposable
{
    private const string Switch = "Mdf.CompareByLibtorch";

    private static readonly FeatureNetwork Vgg16 = Random(new Vgg16Features("relu5_3"));
    private static readonly Lazy<FeatureNetwork> Vgg19 = new(() => Random(new Vgg19Features("relu5_4")));

    private static readonly Dictionary<string, Func<nn.Reduction, FeatureLoss>> Losses = new()
    {
        ["VGG-16"] = r => new VggLoss(Vgg16, new VggLossOptions { Reduction = r }),
        ["VGG-16, L1, pooled layers, any order"] = r => new VggLoss(
            Vgg16,
            new VggLossOptions
            {
                Reduction = r,
                Distance = FeatureDistance.L1,
                Layers = ["pool3", "relu1_1", "pool1"],
                LayerWeights = [0.5, 2, 0],
            }),
        ["VGG-16, first layer"] = r => new VggLoss(Vgg16, new VggLossOptions { Reduction = r, Layers = ["relu1_1"] }),
        ["VGG-19"] = r => new VggLoss(Vgg19.Value, new VggLossOptions { Reduction = r, Layers = ["relu2_2", "relu5_4"] }),
        ["LPIPS"] = r => new LpipsLoss(Vgg16, options: new LpipsLossOptions { Reduction = r }),
    };

    private readonly DisposeScope scope = NewDisposeScope();

    public static TheoryData<string, int, int, int> Cases => new(
        from loss in Losses.Keys
        from shape in (int[][])[[3, 32, 32], [5, 33, 47], [1, 61, 38], [4, 40, 64], [1, 97, 103]]
        select (loss, shape[0], shape[1], shape[2]));

    public void Dispose()
    {
        AppContext.SetSwitch(Switch, false);
        scope.Dispose();
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Call_OddSizesAndBatches_AgreesWithFloat64(string name, int images, int height, int width)
    {
        SkipWithoutVectors();
        (Tensor x, Tensor y) = Pair(images, height, width);
        AssertAgree(Losses[name], x, y);
    }

    [Theory]
    [InlineData("VGG-16", 1, 200, 199)]
    [InlineData("LPIPS", 2, 151, 200)]
    [InlineData("VGG-19", 4, 77, 90)]
    public void Call_LargerImages_AgreesWithFloat64(string name, int images, int height, int width)
    {
        TestLength.SkipUnlessFull("convolves large images in float64");
        Call_OddSizesAndBatches_AgreesWithFloat64(name, images, height, width);
    }

    [Theory]
    [InlineData("VGG-16")]
    [InlineData("VGG-16, L1, pooled layers, any order")]
    [InlineData("LPIPS")]
    public void Call_SmallestImages_AgreesWithFloat64(string name)
    {
        using FeatureLoss loss = Losses[name](nn.Reduction.Mean);
        int side = loss.MinimumSide;

        // With fewer pixels libtorch is faster.
        (Tensor x, Tensor y) = Pair(1 + (48 * 48 / (side * (side + 1))), side, side + 1);
        AssertAgree(Losses[name], x, y);
    }

    [Fact]
    public void Call_ResizingImages_AgreesWithFloat64()
    {
        TestLength.SkipUnlessFull("convolves images of 224 x 224 in float64");
        SkipWithoutVectors();
        (Tensor x, Tensor y) = Pair(2, 21, 35);
        AssertAgree(r => new VggLoss(Vgg16, new VggLossOptions { Reduction = r, Resizes = true }), x, y);
    }

    // Max pooling takes the first of equal values. Winograd's algorithm rounds equal values differently.
    [Theory]
    [InlineData("VGG-16", true)]
    [InlineData("VGG-16", false)]
    [InlineData("LPIPS", true)]
    [InlineData("LPIPS", false)]
    public void Call_FlatRegions_TakesTheSameMaxima(string name, bool isWhole)
    {
        SkipWithoutVectors();
        (Tensor x, Tensor y) = Pair(1, 49, 64);
        x.narrow(3, 0, isWhole ? 64 : 34).fill_(0.9f);
        y.narrow(3, 0, isWhole ? 64 : 34).fill_(1);
        AssertAgree(Losses[name], x, y);
    }

    [Fact]
    public void Call_GreyImages_AreRepeated()
    {
        SkipWithoutVectors();
        (Tensor x, Tensor y) = Pair(2, 40, 41);
        AssertAgree(Losses["VGG-16"], x.narrow(1, 0, 1), y.narrow(1, 0, 1));
    }

    [Theory]
    [InlineData("VGG-16")]
    [InlineData("VGG-16, L1, pooled layers, any order")]
    [InlineData("LPIPS")]
    public void Prepare_Reference_GivesTheSameValuesAndGradients(string name)
    {
        SkipWithoutVectors();
        (Tensor x, Tensor y) = Pair(3, 45, 50);
        using FeatureLoss loss = Losses[name](nn.Reduction.None);
        using PreparedReference prepared = loss.Prepare(y);
        (Tensor expected, Tensor expectedGradient) = Run(p => loss.call(p, y), x);
        (Tensor actual, Tensor gradient) = Run(p => loss.call(p, prepared), x);
        TensorAssert.Equal(expected, actual);
        TensorAssert.Equal(expectedGradient, gradient);
        Assert.Equal(0, loss.call(y, prepared).abs().max().item<float>());
        Assert.Equal(0, loss.call(y, y).abs().max().item<float>());
    }

    [Theory]
    [InlineData("VGG-16")]
    [InlineData("LPIPS")]
    public void Call_BatchThreadsAndMemory_GivesEachImageTheSame(string name)
    {
        SkipWithoutVectors();
        (Tensor x, Tensor y) = Pair(4, 48, 50);
        using FeatureLoss loss = Losses[name](nn.Reduction.None);
        (Tensor expected, Tensor expectedGradient) = Run(p => loss.call(p, y), x);
        int before = get_num_threads();
        foreach (int threads in (int[])[1, 3])
        {
            try
            {
                set_num_threads(threads);
                (Tensor actual, Tensor gradient) = Run(p => loss.call(p, y), x);
                TensorAssert.Equal(expected, actual);
                TensorAssert.Equal(expectedGradient, gradient);
                (actual, gradient) = Run(p => loss.call(p, y.narrow(0, 2, 1)), x.narrow(0, 2, 1));
                TensorAssert.Equal(expected.narrow(0, 2, 1), actual);
                TensorAssert.Equal(expectedGradient.narrow(0, 2, 1), gradient);
            }
            finally
            {
                set_num_threads(before);
            }
        }

        using var small = new VggLoss(Vgg16, new VggLossOptions { Reduction = nn.Reduction.None, WorkingMemory = 1 << 20 });
        using var large = new VggLoss(Vgg16, new VggLossOptions { Reduction = nn.Reduction.None, WorkingMemory = 1 << 30 });
        TensorAssert.Equal(large.call(x, y), small.call(x, y));
    }

    [Fact]
    public void Call_FewPixels_UsesLibtorch()
    {
        (Tensor x, Tensor y) = Pair(2, 30, 38);
        using FeatureLoss loss = Losses["VGG-16"](nn.Reduction.Mean);
        Tensor ours = loss.call(x, y);
        AppContext.SetSwitch(Switch, true);
        TensorAssert.Equal(loss.call(x, y), ours);
    }

    [Fact]
    public void Call_SwitchAndGraph_UseLibtorch()
    {
        SkipWithoutVectors();
        (Tensor x, Tensor y) = Pair(1, 48, 48);
        using FeatureLoss loss = Losses["VGG-16"](nn.Reduction.Mean);
        using var graph = new VggLoss(Vgg16, new VggLossOptions { Execution = MdfExecution.Graph });
        (Tensor ours, Tensor oursGradient) = Run(p => loss.call(p, y), x);
        AppContext.SetSwitch(Switch, true);
        (Tensor value, Tensor gradient) = Run(p => loss.call(p, y), x);
        AppContext.SetSwitch(Switch, false);
        (Tensor graphs, Tensor graphsGradient) = Run(p => graph.call(p, y), x);
        TensorAssert.RelativelyNear(value, graphs, 1e-6);
        Assert.InRange(TensorAssert.RelativeNormError(gradient, graphsGradient), 0, 1e-6);
        Assert.NotEqual(0, TensorAssert.RelativeNormError(gradient, oursGradient));
        TensorAssert.RelativelyNear(value, ours, 1e-5);
    }

    [Fact]
    public void Call_NaN_GivesNaN()
    {
        (Tensor x, Tensor y) = Pair(1, 50, 49);
        x[0, 1, 16, 16] = float.NaN;
        foreach (string name in Losses.Keys)
        {
            using FeatureLoss loss = Losses[name](nn.Reduction.Mean);
            Assert.True(float.IsNaN(loss.call(x, y).item<float>()), name);
        }
    }

    [Theory]
    [InlineData("VGG-16")]
    [InlineData("LPIPS")]
    public void Call_Disposed_LeavesNoTensor(string name)
    {
        (Tensor x, Tensor y) = Pair(3, 34, 33);
        using FeatureLoss loss = Losses[name](nn.Reduction.Mean);
        LiveTensors.AssertNoneLeft(() =>
        {
            loss.call(x, y).Dispose();
            using PreparedReference prepared = loss.Prepare(y);
            loss.call(x, prepared).Dispose();
            using Tensor point = x.clone().requires_grad_(true), value = loss.call(point, prepared);
            Array.ForEach([.. autograd.grad([value], [point])], g => g.Dispose());
        });
    }

    // Rounding flips a ReLU or a maximum now and then, which moves the gradient of the pixels that it sees; libtorch's float32 does so
    // too, by as much. The median of several images' errors is not moved by that.
    private static void AssertAgree(Func<nn.Reduction, FeatureLoss> create, Tensor x, Tensor y)
    {
        using FeatureLoss loss = create(nn.Reduction.None);
        (Tensor expected, Tensor expectedGradient) = Run(p => loss.call(p, y.to(ScalarType.Float64)), x.to(ScalarType.Float64));
        (Tensor actual, Tensor gradient) = Run(p => loss.call(p, y), x);
        TensorAssert.RelativelyNear(expected, actual, 1e-5);
        double[] errors = [.. Enumerable.Range(0, (int)x.shape[0])
            .Select(i => TensorAssert.RelativeNormError(expectedGradient[i], gradient[i]))
            .Order()];
        Assert.InRange(errors[errors.Length / 2], 0, errors.Length < 3 ? 2e-2 : 1e-4);
        Assert.InRange(errors[^1], 0, 2e-2);
    }

    private static (Tensor Value, Tensor Gradient) Run(Func<Tensor, Tensor> loss, Tensor x)
    {
        Tensor point = x.detach().clone().requires_grad_(true), value = loss(point);
        return (value.detach(), autograd.grad([value.sum()], [point])[0]);
    }

    private static (Tensor X, Tensor Y) Pair(int images, int height, int width)
    {
        Tensor y = TestImages.Create(3, ScalarType.Float32, images, 3, height, width);
        return (TestImages.Noisy(y, 0.3), y);
    }

    private static FeatureNetwork Random(FeatureNetwork network)
    {
        using var ofWeights = NewDisposeScope();
        using var noGradient = no_grad();
        using var generator = new Generator(5, CPU);
        foreach (Tensor weight in network.state_dict().OrderBy(t => t.Key, StringComparer.Ordinal).Select(t => t.Value))
        {
            double scale = weight.dim() == 1 ? 0.05 : Math.Sqrt(2.0 / (9 * weight.shape[1]));
            weight.copy_(randn(weight.shape, generator: generator).mul(scale));
        }

        return network;
    }

    private static void SkipWithoutVectors() => Assert.SkipUnless(VectorDiscriminator.IsSupported, "no AVX2");
}
