using Mdf.Degradations;
using Mdf.Imaging;
using Mdf.Metrics;
using Mdf.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace Mdf.Core.Tests;

/// <summary>Tests that no metric, degradation or conversion depends on the state of libtorch or of the process.</summary>
public sealed class AmbientStateTests : IDisposable
{
    private static readonly Dictionary<string, Func<Tensor, Tensor>> Operations = new()
    {
        ["PSNR"] = x => Psnr.Measure(x, x.mul(0.5f)),
        ["SSIM"] = x => StructuralSimilarity.Measure(x, x.mul(0.5f)),
        ["SSIM of luma"] = x => StructuralSimilarity.Measure(
            x, x.mul(0.5f), new MetricOptions { Channels = MetricChannels.Luma, RoundToBytes = true }),
        ["MS-SSIM"] = x => MultiScaleStructuralSimilarity.Measure(x, x.mul(0.5f), options: new() { ScaleCount = 2 }),
        ["HaarPSI"] = x => HaarPsi.Measure(x, x.mul(0.5f)),
        ["GMSD"] = x => Gmsd.Measure(x, x.mul(0.5f)),
        ["MS-GMSD"] = x => MultiScaleGmsd.Measure(x, x.mul(0.5f)),
        ["VIF"] = x => VisualInformationFidelity.Measure(x, x.mul(0.5f)),
        ["FSIMc"] = x => FeatureSimilarity.MeasureColor(x, x.mul(0.5f)),
        ["noise"] = x => Degraded(new GaussianNoise(25), x),
        ["JPEG"] = x => Degraded(new JpegCompression(10), x),
        ["bicubic downsampling"] = x => Degraded(new BicubicDownsampling(2), x),
        ["bicubic down and up"] = x => Degraded(new BicubicDownUp(2), x),
        ["blur"] = x => Degraded(new GaussianBlur(1.5), x),
        ["down-up blur"] = x => Degraded(new DownUpBlur(2), x),
        ["brightness"] = x => Degraded(new BrightnessChange(0.1), x),
        ["contrast"] = x => Degraded(new ContrastChange(0.7), x),
        ["grating"] = x => Degraded(new SinusoidalGrating(0.1), x),
        ["scrambled pyramid"] = x => Degraded(new ScrambledLaplacianPyramid(), x),
        ["bicubic resizing"] = x => Resize.Bicubic(x, 31, 17),
        ["luma"] = ColorSpace.RgbToLuma,
        ["PNG"] = x => ImageFile.Decode(ImageFile.EncodePng(x)),
        ["JPEG file"] = x => ImageFile.Decode(ImageFile.EncodeJpeg(x, 80)),
        ["synthetic image"] = _ => SyntheticImage.DeadLeaves(20, 30, 3),
    };

    private readonly DisposeScope scope = NewDisposeScope();

    public static TheoryData<string, string> Cases => new(
        from operation in Operations.Keys
        from state in AmbientState.Names
        select (operation, state));

    public void Dispose() => scope.Dispose();

    [Theory]
    [MemberData(nameof(Cases))]
    public void Result_AnyState_IsTheSame(string operation, string state)
    {
        Tensor expected = Operations[operation](Image());
        Tensor actual;
        using (AmbientState.Enter(state))
        {
            actual = Operations[operation](Image());
        }

        Assert.Equal(expected.dtype, actual.dtype);
        Assert.True(expected.eq(actual).all().item<bool>(), $"{operation} differs with {state}");
    }

    private static Tensor Image() => rand([1, 3, 42, 48], ScalarType.Float32, CPU, generator: new Generator(5));

    private static Tensor Degraded(Degradation degradation, Tensor image) => degradation.Apply(image, new Random(3));
}
