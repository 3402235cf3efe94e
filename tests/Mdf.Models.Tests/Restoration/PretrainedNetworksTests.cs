using Mdf.Degradations;
using Mdf.Imaging;
using Mdf.Metrics;
using Mdf.Models.Restoration;
using Mdf.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace Mdf.Models.Tests.Restoration;

/// <summary>Tests the networks in the package on images that are made here.</summary>
public sealed class PretrainedNetworksTests : IDisposable
{
    private const long MostBytes = 500_000;

    private readonly DisposeScope scope = NewDisposeScope();

    public static TheoryData<string, int> Degradations => new()
    {
        { "jpeg", 10 }, { "jpeg", 25 }, { "jpeg", 40 },
        { "denoise", 15 }, { "denoise", 25 }, { "denoise", 50 },
        { "sr-x4", 4 },
    };

    public void Dispose() => scope.Dispose();

    [Fact]
    public void Names_Packaged_AreSmallNetworksReadyForUse()
    {
        Assert.Equal(["denoise", "jpeg", "sr-x4"], ModelZoo.PretrainedNames);
        foreach (string name in ModelZoo.PretrainedNames)
        {
            using RestorationNetwork network = ModelZoo.Pretrained(name);
            Assert.False(network.training);
            Assert.Equal(ModelZoo.Options(name == "sr-x4" ? "edsr-small-x4" : "dncnn-small-color"), network.Options);
            Assert.Equal(["degradation", "licence", "loss"], network.Metadata.Keys.Intersect(["degradation", "licence", "loss"]).Order());
            using var folder = new TemporaryFolder();
            network.Save(folder.PathOf("a.ckpt"));
            Assert.InRange(new FileInfo(folder.PathOf("a.ckpt")).Length, 1, MostBytes);
        }
    }

    [Theory]
    [MemberData(nameof(Degradations))]
    public void Pretrained_ImageOfItsTask_IsBetterThanItsInput(string name, int strength)
    {
        using RestorationNetwork network = ModelZoo.Pretrained(name);
        Degradation degradation = name switch
        {
            "jpeg" => new JpegCompression(strength),
            "denoise" => new GaussianNoise(strength),
            _ => new BicubicDownsampling(strength),
        };
        using var noGradient = no_grad();
        Tensor reference = SyntheticImage.DeadLeaves(160, 120, seed: 9), degraded = degradation.Apply(reference, new Random(1));
        Tensor input = name == "sr-x4" ? Resize.Bicubic(degraded, (int)reference.shape[2], (int)reference.shape[3]) : degraded;
        double before = Psnr.Measure(input, reference).item<double>();
        double after = Psnr.Measure(network.call(degraded), reference).item<double>();
        Assert.True(after > before, $"{before:f2} dB -> {after:f2} dB");
    }

    [Fact]
    public void Pretrained_OtherName_ListsThem()
    {
        string message = Assert.Throws<ArgumentException>("name", () => ModelZoo.Pretrained("deblur")).Message;
        Assert.StartsWith(
            "There are no packaged weights 'deblur'; expected one of denoise, jpeg, sr-x4. ModelZoo.Load reads files.",
            message,
            StringComparison.Ordinal);
        Assert.Throws<ArgumentNullException>("name", () => ModelZoo.Pretrained(null!));
    }
}
