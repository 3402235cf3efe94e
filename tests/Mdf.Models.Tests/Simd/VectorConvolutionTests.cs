using Mdf.Models.Simd;
using Mdf.Testing;
using Mdf.TorchCompatibility;
using TorchSharp;
using static TorchSharp.torch;

namespace Mdf.Models.Tests.Simd;

/// <summary>The convolutions for processors with AVX2 or AVX-512 agree with libtorch's in float64.</summary>
public sealed class VectorConvolutionTests : IDisposable
{
    private const double Slope = 0.2, Weight = 0.7;

    // Of the norm of the result. That of libtorch's float32 convolutions is about 4e-7.
    private const double Tolerance = 1.5e-6;

    private readonly DisposeScope scope = NewDisposeScope();

    public static TheoryData<int, int, int, int, int> Wide => new(
        from channels in new (int, int)[] { (16, 32), (32, 32), (64, 64), (48, 96) }
        from size in new (int, int)[] { (3, 3), (4, 5), (5, 8), (7, 30), (29, 26), (26, 29) }
        from padding in (int[])[0, 2]
        select (channels.Item1, channels.Item2, size.Item1, size.Item2, padding));

    public static TheoryData<int, int, int, int> Few => new(
        from channels in new (int, int)[] { (1, 32), (3, 64), (4, 96), (6, 32) }
        from size in new (int, int)[] { (3, 3), (4, 5), (3, 20), (20, 3), (17, 23) }
        select (channels.Item1, channels.Item2, size.Item1, size.Item2));

    public void Dispose() => scope.Dispose();

    [Theory]
    [MemberData(nameof(Wide))]
    public void Winograd_BothWays_AgreesWithLibtorch(int inputs, int outputs, int height, int width, int padding)
    {
        SkipWithoutVectors();
        Tensor weight = Numbers(1, outputs, inputs, 3, 3);
        AssertBothWays(
            Maps(2, inputs, height, width), weight, padding, new WinogradConvolution(weight).Run, new WinogradConvolution(weight).Run);
    }

    // The last one is computed in phases, of several parts.
    [Theory]
    [InlineData(64, 32, 3, 9, 14)]
    [InlineData(128, 256, 3, 6, 7)]
    [InlineData(256, 512, 4, 26, 29)]
    public unsafe void Winograd_SeveralImages_AgreesWithLibtorch(int inputs, int outputs, int images, int height, int width)
    {
        SkipWithoutVectors();
        Tensor weight = Numbers(1, outputs, inputs, 3, 3), maps = randn([images, inputs, height, width]).WithChannelsLast();
        Tensor expected = nn.functional.conv2d(maps.to(ScalarType.Float64), weight, padding: [1, 1]);
        Tensor actual = TensorLayout.Allocate(expected.shape, ScalarType.Float32, CPU, channelsLast: true);
        fixed (float* bias = new float[outputs])
        {
            var epilogue = new Activation(FeatureMap.Of(actual, 0).Start, bias, slope: 1);
            new WinogradConvolution(weight).Run(FeatureMap.Of(maps, 0), images, new Margins(1), epilogue);
        }

        AssertNear(expected, actual);
    }

    [Theory]
    [InlineData(6, 8)]
    [InlineData(7, 9)]
    public unsafe void MaxPooling_BothWays_AgreesWithLibtorch(int height, int width)
    {
        SkipWithoutVectors();
        Tensor map = nn.functional.relu(randn([1, 32, height, width])).WithChannelsLast().requires_grad_(true);
        Tensor expected = nn.functional.max_pool2d(map, 2), gradient = randn(expected.shape).WithChannelsLast();
        Tensor actual = TensorLayout.Allocate(expected.shape, ScalarType.Float32, CPU, channelsLast: true);
        Tensor back = TensorLayout.Allocate(map.shape, ScalarType.Float32, CPU, channelsLast: true);
        FeatureMap source = FeatureMap.Of(map.detach(), 0);
        fixed (ushort* choices = new ushort[MaxPooling.ChoicesOfVector * expected.numel() / MatrixProduct.Lane])
        {
            MaxPooling.Run(source, FeatureMap.Of(actual, 0), choices);
            var epilogue = new RectifierGradient(FeatureMap.Of(back, 0).Start, null, null);
            MaxPooling.RunBack(FeatureMap.Of(gradient, 0), choices, source, epilogue);
        }

        TensorAssert.Equal(expected.detach(), actual);

        // The choice among zeros is free: ReLU stops their gradient.
        Tensor isPositive = map.detach() > 0;
        TensorAssert.Equal(autograd.grad([expected], [map], [gradient])[0] * isPositive, back * isPositive);
    }

    [Theory]
    [MemberData(nameof(Few))]
    public void Patches_BothWays_AgreesWithLibtorch(int inputs, int outputs, int height, int width)
    {
        SkipWithoutVectors();
        Tensor weight = Numbers(1, outputs, inputs, 3, 3);
        var convolution = new PatchConvolution(weight);
        AssertBothWays(
            Maps(2, inputs, height, width), weight, padding: 0, (source, _, epilogue) =>
                convolution.Run(source, epilogue), (source, _, epilogue) => convolution.Run(source, epilogue));
    }

    [Theory]
    [MemberData(nameof(Few))]
    public void Dots_WithAndWithoutPadding_AgreesWithLibtorch(int outputs, int inputs, int height, int width)
    {
        SkipWithoutVectors();
        Tensor bias = Numbers(3, outputs), maps = Maps(2, inputs, height, width);
        foreach (int kernel in (int[])[1, 3, 5, 9])
        {
            Tensor weight = Numbers(1, outputs, inputs, kernel, kernel);
            foreach (int padding in (int[])[0, kernel / 2, kernel - 1])
            {
                if (Math.Min(height, width) + (2 * padding) < kernel)
                {
                    continue;
                }

                foreach (Tensor? added in new[] { bias, null })
                {
                    Tensor expected = nn.functional.conv2d(maps.to(ScalarType.Float64), weight, added, padding: [padding, padding]);
                    foreach (bool is512 in (bool[])[false, true])
                    {
                        Tensor actual = TensorLayout.Allocate(expected.shape, ScalarType.Float32, CPU, channelsLast: true);
                        new DotConvolution(weight, added).Run(
                            FeatureMap.Of(maps, 1), new Margins(padding), FeatureMap.Of(actual, 1), is512);
                        AssertNear(expected[1], actual[1]);
                    }
                }
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public unsafe void Run_AnyNumberOfThreads_GivesTheSameAndLeavesNoTensor(int threads)
    {
        SkipWithoutVectors();
        Tensor maps = Maps(3, 32, 20, 30);
        (var wide, var few, var dots) = (
            new WinogradConvolution(Numbers(1, 32, 32, 3, 3)),
            new PatchConvolution(Numbers(1, 32, 32, 3, 3)),
            new DotConvolution(Numbers(1, 32, 32, 3, 3), bias: null));
        Threads.AssertTheSame(threads, Results);

        Tensor[] Results()
        {
            using var ofResults = NewDisposeScope();
            Tensor[] results =
                [.. Enumerable.Range(0, 3).Select(_ =>
                    TensorLayout.Allocate([1, 32, 18, 28], ScalarType.Float32, CPU, channelsLast: true))];
            fixed (float* bias = new float[32])
            {
                wide.Run(FeatureMap.Of(maps, 0), default, new Activation(FeatureMap.Of(results[0], 0).Start, bias, slope: 1));
                few.Run(FeatureMap.Of(maps, 0), new Activation(FeatureMap.Of(results[1], 0).Start, bias, slope: 1));
            }

            dots.Run(FeatureMap.Of(maps, 0), default, FeatureMap.Of(results[2], 0));
            return [.. results.Select(r => r.MoveToOuterDisposeScope())];
        }
    }

    [Fact]
    public void SquaredDistance_OfPartsWithARest_AgreesWithLibtorch()
    {
        SkipWithoutVectors();
        foreach (int channels in (int[])[1, 5, 32])
        {
            Tensor x = Maps(1, channels, 9, 14), y = Maps(2, channels, 20, 21).narrow(2, 3, 7).narrow(3, 2, 11);
            Tensor difference = x.narrow(2, 0, 7).narrow(3, 0, 11).to(ScalarType.Float64) - y;
            Assert.Equal(
                difference[1].square().sum().item<double>(),
                FeatureMap.Of(x, 1).SquaredDistance(FeatureMap.Of(y, 1)),
                1e-6 * difference.numel());
        }
    }

    // On the way forward bias and LeakyReLU follow; on the way back the gradient of a distance, which part of the map has, and LeakyReLU's.
    private unsafe void AssertBothWays(
        Tensor maps,
        Tensor weight,
        int padding,
        Action<FeatureMap, Margins, Activation> forward,
        Action<FeatureMap, Margins, ActivationGradient> back)
    {
        Tensor exact = nn.functional.conv2d(
            maps.to(ScalarType.Float64), weight, padding: [padding, padding])[1], bias = Numbers(4, weight.shape[0]);
        Tensor target = TensorLayout.Allocate([2, .. exact.shape], ScalarType.Float32, CPU, channelsLast: true);
        fixed (float* added = bias.to(ScalarType.Float32).data<float>().ToArray())
        {
            forward(FeatureMap.Of(maps, 1), new Margins(padding), new Activation(FeatureMap.Of(target, 1).Start, added, (float)Slope));
        }

        AssertNear(nn.functional.leaky_relu(exact + bias.reshape(-1, 1, 1), Slope), target[1]);

        int rows = (int)exact.shape[1], columns = (int)exact.shape[2];
        Tensor activations = Maps(5, (int)exact.shape[0], rows, columns), reference = Maps(6, (int)exact.shape[0], rows, columns + 1);
        foreach ((int ownedRows, int ownedColumns) in new[] { (0, 0), (rows, columns), ((rows + 1) / 2, (columns + 1) / 2) })
        {
            back(FeatureMap.Of(maps, 1), new Margins(padding), new ActivationGradient(
                FeatureMap.Of(target, 1).Start, FeatureMap.Of(activations, 1).Start, (float)Slope, FeatureMap.Of(reference, 1).Part(
                    ownedRows, ownedColumns), (float)Weight));
            Tensor gradient = exact.clone(), difference = activations[1].to(ScalarType.Float64) - reference[1].narrow(2, 0, columns);
            gradient.narrow(1, 0, ownedRows).narrow(2, 0, ownedColumns).add_(
                difference.narrow(1, 0, ownedRows).narrow(2, 0, ownedColumns) * Weight);
            AssertNear(gradient * where(activations[1] > 0, 1.0, Slope), target[1]);
        }
    }

    private static void SkipWithoutVectors() => Assert.SkipUnless(VectorDiscriminator.IsSupported, "no AVX2");

    private static Tensor Numbers(ulong seed, params long[] shape) => Uniform(seed, shape).to(ScalarType.Float64) - 0.5;

    private static Tensor Uniform(ulong seed, params long[] shape)
    {
        using var generator = new Generator(seed, CPU);
        return rand(shape, generator: generator);
    }

    // Two channels-last images.
    private static Tensor Maps(ulong seed, int channels, int height, int width) =>
        (Uniform(seed, 2, height, width, channels) - 0.5).permute(0, 3, 1, 2);

    private static void AssertNear(Tensor expected, Tensor actual) =>
        Assert.InRange(TensorAssert.RelativeNormError(expected, actual), 0, Tolerance);
}
