using System.Runtime.Intrinsics;
using Mdf.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace Mdf.Losses.Tests;

public sealed class WinogradConvolutionTests : IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();

    public static TheoryData<int, int, int, int, int> Shapes => new(
        from channels in new (int, int)[] { (16, 32), (32, 32), (64, 64), (48, 96) }
        from size in new (int, int)[] { (3, 3), (4, 5), (7, 30), (29, 26) }
        from padding in (int[])[0, 2]
        select (channels.Item1, channels.Item2, size.Item1, size.Item2, padding));

    public void Dispose() => scope.Dispose();

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Run_AgreesWithTheDirectConvolution(int inputs, int outputs, int height, int width, int padding)
    {
        Assert.SkipUnless(Vector512.IsHardwareAccelerated, "no AVX-512");
        Assert.True(WinogradConvolution.Fits(inputs, outputs));
        Tensor weight = TestPyramid.Images(1, ScalarType.Float64, outputs, inputs, 3, 3) - 0.5, bias = TestPyramid.Images(2, ScalarType.Float64, outputs) - 0.5;
        Tensor maps = Maps(3, 2, inputs, height, width), signs = Maps(4, 2, inputs, height, width);
        Tensor exact = maps.to(ScalarType.Float64);

        Tensor forward = new WinogradConvolution(weight, bias, 0.2).Run(maps, padding);
        AssertNear(nn.functional.leaky_relu(nn.functional.conv2d(exact, weight, bias, padding: [padding, padding]), 0.2), forward);
        Tensor back = new WinogradConvolution(weight, bias: null, slope: 1).Run(maps, padding, signs, 0.2);
        AssertNear(nn.functional.conv2d(exact * where(signs > 0, 1.0, 0.2), weight, padding: [padding, padding]), back);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Run_AnyNumberOfThreads_GivesTheSameAndLeavesNoTensor(int threads)
    {
        Assert.SkipUnless(Vector512.IsHardwareAccelerated, "no AVX-512");
        Tensor weight = TestPyramid.Images(1, ScalarType.Float64, 32, 32, 3, 3) - 0.5;
        Tensor maps = Maps(3, 3, 32, 20, 30);
        var convolution = new WinogradConvolution(weight, bias: null, slope: 1);
        Tensor expected = convolution.Run(maps);
        int before = get_num_threads();
        try
        {
            set_num_threads(threads);
            TensorAssert.Equal(expected, convolution.Run(maps));
            LiveTensors.AssertNoneLeft(() => convolution.Run(maps).Dispose());
        }
        finally
        {
            set_num_threads(before);
        }
    }

    [Fact]
    public void Fits_ChannelsThatDoNotFillRegisters_DoesNot()
    {
        Assert.False(WinogradConvolution.Fits(3, 32));
        Assert.False(WinogradConvolution.Fits(32, 1));
        Assert.False(WinogradConvolution.Fits(64, 48));
    }

    // With channels innermost in memory.
    private static Tensor Maps(ulong seed, int images, int channels, int height, int width) =>
        (TestPyramid.Images(seed, ScalarType.Float32, images, height, width, channels) - 0.5).permute(0, 3, 1, 2);

    private static void AssertNear(Tensor expected, Tensor actual)
    {
        Assert.Equal(ScalarType.Float32, actual.dtype);
        Assert.InRange(TensorAssert.RelativeNormError(expected, actual), 0, 1e-6);
    }
}
