using Mdf.Models.Simd;
using Mdf.Testing;
using Mdf.TorchCompatibility;
using TorchSharp;
using static TorchSharp.torch;

namespace Mdf.Models.Tests.Simd;

/// <summary>The convolutions for training agree with libtorch's in float64.</summary>
public sealed class TrainedConvolutionTests : IDisposable
{
    // Of the norm of the result. That of libtorch's float32 convolutions is about 4e-7.
    private const double Tolerance = 1.5e-6;

    private readonly DisposeScope scope = NewDisposeScope();
    private readonly Generator random = new(7, CPU);

    public static TheoryData<int, int, int, int, int> Cases => new(
        from channels in new (int, int)[] { (32, 32), (64, 64), (32, 96), (96, 64), (3, 32), (1, 64), (64, 3), (32, 1) }
        from size in new (int, int)[] { (3, 3), (4, 5), (11, 11), (7, 30), (45, 33) }
        from images in (int[])[1, 3]
        select (channels.Item1, channels.Item2, size.Item1, size.Item2, images));

    public void Dispose()
    {
        random.Dispose();
        scope.Dispose();
    }

    [Theory]
    [MemberData(nameof(Cases))]
    [InlineData(64, 64, 131, 200, 1)]
    [InlineData(3, 64, 131, 200, 1)]
    [InlineData(64, 1, 131, 200, 1)]
    public void Passes_Convolution_AgreeWithLibtorch(int inputs, int outputs, int height, int width, int images)
    {
        SkipWithoutVectors();
        Tensor weight = Numbers(outputs, inputs, 3, 3), input = Numbers(images, inputs, height, width);
        Tensor gradient = Numbers(images, outputs, height - 2, width - 2);
        ITrainedConvolution convolution = TrainedConvolution.Create(weight)!;

        // The first ones are overwritten.
        convolution.Begin(Numbers(outputs, inputs, 3, 3));
        convolution.AddWeightGradient(Maps(input), Maps(gradient));
        convolution.Begin(weight);
        (Tensor exactWeight, Tensor exactInput) = (Exact(weight), Exact(input));
        Tensor exact = nn.functional.conv2d(exactInput, exactWeight);
        exact.backward([Exact(gradient)]);
        AssertNear(exact.detach(), convolution.Forward(Maps(input)));
        AssertNear(exactInput.grad!, convolution.Backward(Maps(gradient)));

        Tensor actual = zeros_like(weight);
        convolution.CopyGradientTo(actual);
        TensorAssert.Equal(zeros_like(weight), actual);
        convolution.AddWeightGradient(Maps(input), Maps(gradient));
        convolution.CopyGradientTo(actual);
        AssertNear(exactWeight.grad!, actual);
        convolution.AddWeightGradient(Maps(input), Maps(gradient * 2));
        convolution.CopyGradientTo(actual);
        AssertNear(exactWeight.grad! * 3, actual);
    }

    // Sums of positive numbers grow with the number of positions, and a rounding with the sum.
    [Fact]
    public void AddWeightGradient_PositiveMaps_IsAsAccurate()
    {
        SkipWithoutVectors();
        Tensor input = Numbers(1, 64, 120, 150).abs(), gradient = Numbers(1, 64, 118, 148).abs(), actual = zeros([64, 64, 3, 3]);
        ITrainedConvolution convolution = TrainedConvolution.Create(actual)!;
        convolution.AddWeightGradient(Maps(input), Maps(gradient));
        convolution.CopyGradientTo(actual);
        Tensor exactWeight = Exact(zeros([64, 64, 3, 3]));
        nn.functional.conv2d(input.to(ScalarType.Float64), exactWeight).backward([gradient.to(ScalarType.Float64)]);
        AssertNear(exactWeight.grad!, actual);
    }

    [Theory]
    [InlineData(32, 64, 1)]
    [InlineData(32, 64, 3)]
    [InlineData(3, 32, 3)]
    [InlineData(32, 3, 3)]
    public void Passes_AnyNumberOfThreads_GiveTheSameAndLeaveNoTensor(int inputs, int outputs, int threads)
    {
        SkipWithoutVectors();
        Tensor weight = Numbers(outputs, inputs, 3, 3);
        Tensor input = Maps(Numbers(1, inputs, 70, 81)), gradient = Maps(Numbers(1, outputs, 68, 79));
        Threads.AssertTheSame(threads, Results);

        Tensor[] Results()
        {
            ITrainedConvolution convolution = TrainedConvolution.Create(weight)!;
            convolution.Begin(weight);
            Tensor ofWeight = zeros_like(weight);
            convolution.AddWeightGradient(input, gradient);
            convolution.CopyGradientTo(ofWeight);
            return [convolution.Forward(input), convolution.Backward(gradient), ofWeight];
        }
    }

    [Fact]
    public void AddWeightGradient_BothVectorWidths_GiveTheSame()
    {
        SkipWithoutVectors();
        Tensor input = Maps(Numbers(1, 32, 31, 42)), gradient = Maps(Numbers(1, 64, 29, 40)), image = Maps(Numbers(1, 3, 31, 42));
        Tensor[] wide = [zeros([64, 32, 3, 3]), zeros([64, 32, 3, 3])], few = [Few(is512: false), Few(is512: true)];
        for (int i = 0; i < 2; i++)
        {
            var sums = new WinogradWeightGradient(32, 64);
            sums.Add(FeatureMap.Of(input, 0), FeatureMap.Of(gradient, 0), 1, is512: i == 1);
            sums.CopyTo(wide[i]);
        }

        TensorAssert.Equal(wide[0], wide[1]);
        TensorAssert.Equal(few[0], few[1]);

        Tensor Few(bool is512)
        {
            var sums = new PatchWeightGradient(3, 64);
            sums.Add(FeatureMap.Of(image, 0), FeatureMap.Of(gradient, 0), is512);
            return sums.Taps();
        }
    }

    [Fact]
    public void Create_OtherWidthsAndTypes_IsLeftToLibtorch()
    {
        SkipWithoutVectors();
        Assert.Null(TrainedConvolution.Create(zeros([64, 48, 3, 3])));
        Assert.Null(TrainedConvolution.Create(zeros([48, 32, 3, 3])));
        Assert.Null(TrainedConvolution.Create(zeros([64, 4, 3, 3])));
        Assert.Null(TrainedConvolution.Create(zeros([3, 48, 3, 3])));
        Assert.Null(TrainedConvolution.Create(zeros([1024, 1024, 3, 3])));
        Assert.Null(TrainedConvolution.Create(zeros([64, 32, 3, 3], ScalarType.Float64)));
        Assert.Null(TrainedConvolution.Create(zeros([64, 32, 3, 3], ScalarType.BFloat16)));
    }

    private static void SkipWithoutVectors() => Assert.SkipUnless(VectorDiscriminator.IsSupported, "no AVX2");

    private static Tensor Exact(Tensor tensor) => tensor.to(ScalarType.Float64).requires_grad_(true);

    private static Tensor Maps(Tensor tensor) => tensor.WithChannelsLast();

    private static void AssertNear(Tensor expected, Tensor actual) =>
        Assert.InRange(TensorAssert.RelativeNormError(expected, actual), 0, Tolerance);

    private Tensor Numbers(params long[] shape) => rand(shape, generator: random) - 0.5;
}
