using System.Globalization;
using Mdf.Data;
using Mdf.Degradations;
using Mdf.Imaging;
using Mdf.Metrics;
using Mdf.Models.Restoration;
using Mdf.Testing;
using Mdf.Training.Restoration;
using TorchSharp;
using static TorchSharp.torch;
using L1Loss = Mdf.Losses.L1Loss;

namespace Mdf.Training.Tests.Restoration;

/// <summary>Tests further metrics in evaluations, and the choice of the best network by one of them.</summary>
public sealed class EvaluationMetricTests : IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();
    private readonly TemporaryFolder folder = new();
    private readonly L1Loss loss = new();
    private readonly ImageList images =
        new([SyntheticImage.DeadLeaves(60, 56, seed: 1), SyntheticImage.DeadLeaves(48, 64, seed: 2)], "leaves");

    public void Dispose()
    {
        scope.Dispose();
        loss.Dispose();
        folder.Dispose();
    }

    [Fact]
    public void Evaluate_AdditionalMetrics_AreThoseOfTheRestoredImages()
    {
        using DnCnn network = TestNetworks.Denoiser();
        network.eval();
        EvaluationMetric[] metrics = [.. EvaluationMetric.All.Where(m => m != EvaluationMetric.MsSsim)];
        RestorationScores scores = Evaluate(network, images, metrics);
        Assert.Equal(metrics.Select(m => m.Name), scores.Additional.Keys);
        Assert.Equal(scores.Images.Average(i => i.Additional["vif"]), scores.Additional["vif"], 1e-12);
        Assert.Equal(["haarpsi", "gmsd", "ms-gmsd", "vif", "fsim"], scores.Images[0].Additional.Keys);

        using var noGradient = no_grad();
        (Tensor degraded, Tensor reference) = Pair();
        Tensor restored = network.call(degraded);
        var options = new MetricOptions { RoundToBytes = true };
        Assert.Equal(HaarPsi.Measure(restored, reference, options).item<double>(), scores.Images[0].Additional["haarpsi"], 1e-4);
        Assert.Equal(Gmsd.Measure(restored, reference, options).item<double>(), scores.Images[0].Additional["gmsd"], 1e-4);
    }

    [Fact]
    public void Evaluate_ImageTooSmallForAMetric_IsSkipped()
    {
        using DnCnn network = TestNetworks.Denoiser();
        var sizes = new ImageList([SyntheticImage.DeadLeaves(60, 56, seed: 1), SyntheticImage.DeadLeaves(40, 60, seed: 2)], "sizes");
        Assert.Equal(2, Evaluate(network, sizes, EvaluationMetric.HaarPsi).Images.Count);
        RestorationScores scores = Evaluate(network, sizes, EvaluationMetric.Vif);
        Assert.Single(scores.Images);
        Assert.Single(scores.Skipped);
    }

    [Theory]
    [InlineData(true, 4)]
    [InlineData(false, 2)]
    public void Train_BestBy_KeepsTheBestByTheMetric(bool higherIsBetter, int best)
    {
        // The metric rises with every validation.
        int validations = 0;
        var counter = new EvaluationMetric("counter", (_, _, _) => tensor((double)validations++), higherIsBetter);
        var options = new RestorationTrainingOptions
        {
            Steps = 4,
            BatchSize = 2,
            PatchSize = 16,
            ValidationInterval = 2,
            BestBy = "counter",
            Validation = new RestorationEvaluationOptions { Additional = [counter, EvaluationMetric.Gmsd] },
        };
        RestorationTrainingResult result = Train(options);
        Assert.Equal((best, higherIsBetter ? 2.5 : 0.5), (result.BestStep!.Value, result.BestValue!.Value));
        using RestorationNetwork kept = ModelZoo.Load(folder.PathOf("best.ckpt"));
        Assert.Equal(best.ToString(CultureInfo.InvariantCulture), kept.Metadata["step"]);
        SavedRestorationTraining saved = RestorationTrainer.FindSaved(folder.FullName)!;
        Assert.Equal((result.BestStep, result.BestValue), (saved.BestStep, saved.BestValue));
        Assert.EndsWith(
            "validation_psnr,validation_ssim,validation_counter,validation_gmsd",
            File.ReadLines(folder.PathOf("log.csv")).First(),
            StringComparison.Ordinal);

        // The metric is part of what a training is.
        Assert.Throws<TrainingStateException>(() => Train(options with { Steps = 5, BestBy = "gmsd" }));
        Assert.Throws<TrainingStateException>(() => Train(options with { Steps = 5, BestBy = "psnr", Validation = new() }));
    }

    [Fact]
    public void Constructor_BadMetrics_AreNamed()
    {
        Assert.Throws<ArgumentException>("name", () => new EvaluationMetric("psnr", Psnr.Measure));
        Assert.Throws<ArgumentException>("name", () => new EvaluationMetric("a,b", Psnr.Measure));
        Assert.Throws<ArgumentOutOfRangeException>("minimumSide", () => new EvaluationMetric("a", Psnr.Measure, minimumSide: 0));
        var options = new RestorationTrainingOptions();
        string message = Assert.Throws<ArgumentOutOfRangeException>(
            nameof(options.BestBy), () => new RestorationTrainer(options with { BestBy = "lpips" })).Message;
        Assert.Contains("expected a metric that is measured: psnr, ssim", message, StringComparison.OrdinalIgnoreCase);
        Assert.Throws<ArgumentOutOfRangeException>(
            nameof(options.Validation.Additional),
            () => new RestorationTrainer(
                options with { Validation = new() { Additional = [EvaluationMetric.Vif, EvaluationMetric.Vif] } }));
    }

    private static RestorationScores Evaluate(RestorationNetwork network, IImageSource images, params EvaluationMetric[] metrics) =>
        RestorationEvaluation.Evaluate(
            network,
            images,
            new GaussianNoise(25),
            new RestorationEvaluationOptions { Additional = metrics },
            cancellation: TestContext.Current.CancellationToken);

    private (Tensor Degraded, Tensor Reference) Pair()
    {
        using PairedBatch pair = new ImagePairs(images, new GaussianNoise(25), 1, 3).Whole(
            0, new SeedSequence(1).Random(SeedSequence.Purpose.Evaluation, 0), 1)!;
        return (pair.Degraded.clone(), pair.Reference.clone());
    }

    private RestorationTrainingResult Train(RestorationTrainingOptions options)
    {
        using DnCnn network = TestNetworks.Denoiser();
        return new RestorationTrainer(options).Train(
            network,
            loss,
            images,
            new GaussianNoise(25),
            validation: images,
            outputFolder: folder.FullName,
            cancellation: TestContext.Current.CancellationToken);
    }
}
