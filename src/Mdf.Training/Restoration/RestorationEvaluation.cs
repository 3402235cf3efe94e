using Mdf.Data;
using Mdf.Degradations;
using Mdf.Imaging;
using Mdf.Metrics;
using Mdf.Models.Restoration;
using static TorchSharp.torch;

namespace Mdf.Training.Restoration;

/// <summary>Measures a restoration network on whole images by PSNR, SSIM and, if it is given, LPIPS.</summary>
public static class RestorationEvaluation
{
    private const int ColorChannels = 3;

    /// <summary>Degrades images, restores them, and compares. The same seed gives the same degraded images each time.</summary>
    /// <param name="network">The network; it works in evaluation mode meanwhile.</param>
    /// <param name="images">The reference images; those that cannot be read or are too small are left out.</param>
    /// <param name="degradation">What spoils them; it makes them smaller by the network's scale.</param>
    /// <param name="options">What to measure, and how; null for the defaults.</param>
    /// <param name="progress">Is told of each image.</param>
    /// <param name="cancellation">Stops between two tiles of an image.</param>
    /// <returns>The scores.</returns>
    /// <exception cref="IOException">No image can be used.</exception>
    /// <exception cref="InvalidOperationException">The degradation gave images of another size than the network's scale says.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static RestorationScores Evaluate(
        RestorationNetwork network,
        IImageSource images,
        Degradation degradation,
        RestorationEvaluationOptions? options = null,
        IProgress<ImageScores>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(network);
        options ??= new RestorationEvaluationOptions();
        SettingChecks.Require(options.MaximumCount >= 1, nameof(options.MaximumCount), options.MaximumCount, "at least 1");
        MetricOptions metrics = options.Metrics ?? Customary(network);
        int leastSide = LeastSide(network, options);
        var pairs = new ImagePairs(images, degradation, network.Scale, network.Channels);
        var seeds = new SeedSequence(options.Seed);
        var scores = new List<ImageScores>();
        bool wasTraining = network.training;
        network.eval();
        try
        {
            for (int i = 0; i < Math.Min(pairs.Count, options.MaximumCount); i++)
            {
                cancellation.ThrowIfCancellationRequested();
                using PairedBatch? pair = pairs.Whole(i, seeds.Random(SeedSequence.Purpose.Evaluation, i), leastSide);
                if (pair is not null)
                {
                    ImageScores score = Measure(network, images.NameOf(i), pair, metrics, options, cancellation);
                    scores.Add(score);
                    progress?.Report(score);
                }
            }
        }
        finally
        {
            network.train(wasTraining);
        }

        return scores.Count > 0 ? new RestorationScores(scores, pairs.Skipped) : throw NoneUsable(pairs);
    }

    /// <summary>Refuses what <see cref="Evaluate"/> could not do. Images are read up to the first that can be used.</summary>
    /// <exception cref="ArgumentException">LPIPS is asked for, and the network's images are grey.</exception>
    /// <exception cref="IOException">No image can be used.</exception>
    /// <exception cref="InvalidOperationException">The degradation gave images of another size than the network's scale says.</exception>
    internal static void RequireUsable(RestorationNetwork network, IImageSource images, Degradation degradation, RestorationEvaluationOptions options)
    {
        if (options.Lpips is not null && network.Channels != ColorChannels)
        {
            throw new ArgumentException($"The network has images of {network.Channels} channels; expected {ColorChannels} for LPIPS.", nameof(network));
        }

        var pairs = new ImagePairs(images, degradation, network.Scale, network.Channels);
        var seeds = new SeedSequence(options.Seed);
        for (int i = 0; i < Math.Min(pairs.Count, options.MaximumCount); i++)
        {
            using PairedBatch? pair = pairs.Whole(i, seeds.Random(SeedSequence.Purpose.Evaluation, i), LeastSide(network, options));
            if (pair is not null)
            {
                return;
            }
        }

        throw NoneUsable(pairs);
    }

    private static IOException NoneUsable(ImagePairs pairs) =>
        new($"No image can be used; the first: {pairs.Skipped[0].Name}: {pairs.Skipped[0].Reason}");

    private static int LeastSide(RestorationNetwork network, RestorationEvaluationOptions options) => Math.Max(
        new StructuralSimilarityOptions().WindowSize + (2 * (options.Metrics ?? Customary(network)).CropBorder), options.Lpips?.MinimumSide ?? 1);

    private static MetricOptions Customary(RestorationNetwork network) => network.Scale == 1
        ? new MetricOptions { RoundToBytes = true }
        : new MetricOptions
        {
            RoundToBytes = true,
            CropBorder = network.Scale,
            Channels = network.Channels == ColorChannels ? MetricChannels.Luma : MetricChannels.All,
        };

    private static ImageScores Measure(
        RestorationNetwork network, string name, PairedBatch pair, MetricOptions metrics, RestorationEvaluationOptions options, CancellationToken cancellation)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        Device device = network.parameters().First().device;
        Tensor degraded = pair.Degraded.to(device), reference = pair.Reference.to(device);
        Tensor restored = options.SelfEnsemble ? SelfEnsemble.Restore(Restore, degraded) : Restore(degraded);
        Tensor enlarged = network.Scale == 1 ? degraded : Resize.Bicubic(degraded, (int)reference.shape[2], (int)reference.shape[3]);
        return new ImageScores(
            name,
            Psnr.Measure(restored, reference, metrics).item<double>(),
            StructuralSimilarity.Measure(restored, reference, metrics).item<double>(),
            options.Lpips?.call(restored.clamp(0, 1), reference).mean().item<float>(),
            Psnr.Measure(enlarged, reference, metrics).item<double>(),
            StructuralSimilarity.Measure(enlarged, reference, metrics).item<double>());

        Tensor Restore(Tensor images) => TiledInference.Restore(network, images, options.Tiling, cancellationToken: cancellation);
    }
}
