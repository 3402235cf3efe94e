using Mdf.Models.Simd;
using Mdf.Testing;
using Mdf.TorchCompatibility;
using TorchSharp;
using static TorchSharp.torch;

namespace Mdf.Models.Tests.Simd;

/// <summary>Batch normalisation with LeakyReLU in few passes agrees with libtorch's in float64, whatever the map's mean.</summary>
public sealed class NormalizedMapTests : IDisposable
{
    private const double Epsilon = 1e-5, Slope = 0.2, Tolerance = 2e-6;

    private readonly DisposeScope scope = NewDisposeScope();
    private readonly Generator random = new(7, CPU);

    public static TheoryData<int, int, int, int, double> Cases => new(
        from channels in (int[])[32, 64, 96]
        from size in new (int, int, int)[] { (1, 1, 2), (1, 9, 11), (3, 15, 17), (1, 45, 33) }
        from mean in (double[])[0, 3]
        select (channels, size.Item1, size.Item2, size.Item3, mean));

    public void Dispose()
    {
        random.Dispose();
        scope.Dispose();
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Passes_Map_AgreeWithLibtorch(int channels, int images, int height, int width, double mean)
    {
        SkipWithoutVectors();
        Tensor map = Maps(Numbers(images, channels, height, width) + mean), gradient = Maps(Numbers(images, channels, height, width));
        Tensor scale = Numbers(channels) + 1, shift = Numbers(channels);
        var normalized = new NormalizedMap(map, Doubles(scale), Doubles(shift), Epsilon, Slope);
        Tensor exact = Exact(map), exactScale = Exact(scale), exactShift = Exact(shift);
        Tensor inner = nn.functional.batch_norm(
            exact, zeros(channels, ScalarType.Float64), ones(channels, ScalarType.Float64), exactScale, exactShift, true, 0.1, Epsilon);
        Tensor output = nn.functional.leaky_relu(inner, Slope);
        output.backward([Exact(gradient)]);
        AssertNear(exact.detach().mean([0, 2, 3]), tensor(normalized.Mean));
        AssertNear(exact.detach().@var([0, 2, 3], unbiased: false), tensor(normalized.Variance));
        AssertNear(output.detach(), normalized.Activated());

        (double[] sum, double[] products) = normalized.SumsOf(gradient);
        AssertNear(exactShift.grad!, tensor(sum));
        AssertNear(exactScale.grad!, tensor(products));
        double[] factor = [.. Doubles(scale).Zip(normalized.InverseDeviation, (s, r) => s * r)];
        double[] OfMean(double[] sums) => [.. sums.Zip(factor, (s, f) => -f * s / normalized.Positions)];
        if (normalized.Positions > 2)
        {
            Tensor kept = gradient.clone();
            AssertNear(exact.grad!, normalized.Gradient(gradient, factor, OfMean(products), OfMean(sum), overwrites: false));
            TensorAssert.Equal(kept, gradient);
            AssertNear(exact.grad!, normalized.Gradient(gradient, factor, OfMean(products), OfMean(sum), overwrites: true));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Passes_AnyNumberOfThreads_GiveTheSameAndLeaveNoTensor(int threads)
    {
        SkipWithoutVectors();
        Tensor map = Maps(Numbers(2, 32, 41, 52)), gradient = Maps(Numbers(2, 32, 41, 52)), other = Maps(Numbers(2, 32, 41, 52));
        double[] ones = [.. Enumerable.Repeat(1.0, 32)];
        Threads.AssertTheSame(threads, Results);

        Tensor[] Results()
        {
            var normalized = new NormalizedMap(map, ones, ones, Epsilon, Slope);
            (double[] sum, double[] products, double[] gradients) = normalized.SumsOf(other, gradient);
            return
            [
                normalized.Activated(),
                normalized.Gradient(gradient, ones, sum, products, overwrites: false),
                normalized.Tangent(other, ones, sum, gradients),
                normalized.SecondGradient(null, gradient, other, (ones, sum, products, gradients, ones)),
                tensor(normalized.Variance),
            ];
        }
    }

    // The squares of such values differ in their last bits only.
    [Fact]
    public void Variance_OfALargeMean_IsAccurate()
    {
        SkipWithoutVectors();
        double[] ones = [.. Enumerable.Repeat(1.0, 32)];
        Tensor map = Maps((Numbers(1, 32, 100, 120) * 0.1) + 100);
        var normalized = new NormalizedMap(map, ones, ones, Epsilon, Slope);
        AssertNear(map.to(ScalarType.Float64).@var([0, 2, 3], unbiased: false), tensor(normalized.Variance));
    }

    private static void SkipWithoutVectors() => Assert.SkipUnless(VectorDiscriminator.IsSupported, "no AVX2");

    private static Tensor Exact(Tensor tensor) => tensor.to(ScalarType.Float64).requires_grad_(true);

    private static Tensor Maps(Tensor tensor) => tensor.WithChannelsLast();

    private static double[] Doubles(Tensor tensor) => [.. tensor.to(ScalarType.Float64).data<double>()];

    private static void AssertNear(Tensor expected, Tensor actual) =>
        Assert.InRange(TensorAssert.RelativeNormError(expected, actual), 0, Tolerance);

    private Tensor Numbers(params long[] shape) => rand(shape, generator: random) - 0.5;
}
