using Mdf.Data;
using Mdf.Degradations;
using Mdf.Imaging;
using Mdf.Losses;
using Mdf.Metrics;
using Mdf.Models.Perceptual;
using Mdf.Models.Restoration;
using Mdf.Training.Restoration;
using TorchSharp;
#pragma warning disable xUnit1051 // A token is passed where cancellation is what is tested.
using static TorchSharp.torch;

namespace Mdf.Training.Tests.Restoration;

public sealed class RestorationEvaluationTests : IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();
    private readonly ImageList images;

    public RestorationEvaluationTests() =>
        images = new ImageList(
            [
                SyntheticImage.DeadLeaves(40, 33, seed: 1), SyntheticImage.DeadLeaves(30, 50, seed: 2),
                SyntheticImage.DeadLeaves(40, 9, seed: 3)
            ],
            "leaves");

    public void Dispose() => scope.Dispose();

    [Fact]
    public void Evaluate_NetworkThatDoesNothing_ScoresTheDegradedImages()
    {
        using DnCnn network = Identity();
        network.train();
        RestorationScores scores = RestorationEvaluation.Evaluate(network, images, new GaussianNoise(25));

        Assert.True(network.training);
        Assert.Equal(["image 0", "image 1"], scores.Images.Select(i => i.Name));
        Assert.Equal("image 2", Assert.Single(scores.Skipped).Name);
        Assert.All(scores.Images, i => Assert.Equal((i.DegradedPsnr, i.DegradedSsim), (i.Psnr, i.Ssim)));
        Assert.Equal(scores.Images.Average(i => i.Psnr), scores.Psnr);
        Assert.InRange(scores.Psnr, 19.5, 21.5); // 20.17 dB, and a little more by rounding to [0, 1]
        Assert.Null(scores.Lpips);
    }

    [Fact]
    public void Evaluate_SuperResolution_ComparesTheLumaWithinABorder()
    {
        using Edsr network = TestNetworks.Enlarger();
        RestorationScores scores = RestorationEvaluation.Evaluate(
            network, images, new BicubicDownsampling(2), new RestorationEvaluationOptions { MaximumCount = 1 });

        Tensor reference = images.Read(0).Crop(0, 0, 40, 32);
        Tensor degraded = Resize.Bicubic(reference, 0.5);
        var custom = new MetricOptions { RoundToBytes = true, CropBorder = 2, Channels = MetricChannels.Luma };
        network.eval();
        using var noGradient = no_grad();
        Assert.Equal(Psnr.Measure(network.call(degraded), reference, custom).item<double>(), scores.Psnr, 1e-4);
        Assert.Equal(
            StructuralSimilarity.Measure(Resize.Bicubic(degraded, 32, 40), reference, custom).item<double>(), scores.DegradedSsim, 1e-6);
    }

    [Fact]
    public void Evaluate_SelfEnsembleAndMetrics_AreAsAsked()
    {
        using DnCnn network = TestNetworks.Denoiser();
        var options =
            new RestorationEvaluationOptions
            {
                MaximumCount = 1,
                Metrics = new MetricOptions { CropBorder = 3 },
                SelfEnsemble = true,
                Seed = 7,
            };
        double psnr = RestorationEvaluation.Evaluate(network, images, new GaussianNoise(25), options).Psnr;
        Assert.NotEqual(
            psnr, RestorationEvaluation.Evaluate(network, images, new GaussianNoise(25), options with { SelfEnsemble = false }).Psnr);
        Assert.NotEqual(psnr, RestorationEvaluation.Evaluate(network, images, new GaussianNoise(25), options with { Metrics = null }).Psnr);
        Assert.NotEqual(psnr, RestorationEvaluation.Evaluate(network, images, new GaussianNoise(25), options with { Seed = 8 }).Psnr);
        Assert.Equal(psnr, RestorationEvaluation.Evaluate(network, images, new GaussianNoise(25), options).Psnr);
    }

    [Fact]
    public void Evaluate_ImageRestoredExactly_CountsAsRoundedToEightBits()
    {
        using DnCnn network = Identity();
        using Tensor black = zeros(1, 3, 32, 40);
        var withBlack = new ImageList([SyntheticImage.DeadLeaves(40, 32, seed: 1), black], "leaves and black");
        RestorationScores scores = RestorationEvaluation.Evaluate(network, withBlack, new BrightnessChange(-0.1));
        Assert.Equal(Psnr.EightBitLimit, scores.Images[1].Psnr);
        Assert.Equal(Psnr.EightBitLimit, 10 * Math.Log10(12 * 255.0 * 255), 1e-6);
        Assert.Equal((scores.Images[0].Psnr + Psnr.EightBitLimit) / 2, scores.Psnr, 1e-12);
        Assert.True(double.IsFinite(scores.Psnr) && scores.Images[0].Psnr < 30);
    }

    [Fact]
    public void Evaluate_WithLpips_MeasuresItToo()
    {
        using DnCnn network = Identity();
        using var backbone = new AlexNetFeatures("relu5");
        using var lpips = new LpipsLoss(backbone);
        var large = new ImageList([SyntheticImage.DeadLeaves(70, 66, seed: 1)], "leaves");
        RestorationScores scores = RestorationEvaluation.Evaluate(
            network, large, new GaussianNoise(25), new RestorationEvaluationOptions { Lpips = lpips });
        Assert.True(scores.Lpips > 0);
    }

    [Fact]
    public void Evaluate_NothingUsable_SaysWhy()
    {
        using DnCnn network = Identity();
        var small = new ImageList([SyntheticImage.DeadLeaves(40, 9, seed: 3)], "leaves");
        Assert.Contains(
            "at least 11 each way",
            Assert.Throws<IOException>(() => RestorationEvaluation.Evaluate(network, small, new NoDegradation())).Message,
            StringComparison.Ordinal);
        Assert.Throws<OperationCanceledException>(
            () =>
                RestorationEvaluation.Evaluate(network, images, new NoDegradation(), cancellation: new CancellationToken(canceled: true)));
        Assert.Throws<ArgumentOutOfRangeException>(
            () =>
                RestorationEvaluation.Evaluate(
                    network, images, new NoDegradation(), new RestorationEvaluationOptions { MaximumCount = 0 }));
    }

    private static DnCnn Identity()
    {
        DnCnn network = TestNetworks.Denoiser();
        using var noGradient = no_grad();
        foreach (Tensor last in network.parameters().TakeLast(2))
        {
            last.zero_();
        }

        return network;
    }
}
