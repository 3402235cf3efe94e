using Mdf.Data;
using Mdf.Degradations;
using Mdf.Imaging;
using Mdf.Metrics;
using Mdf.Models.Restoration;
using Mdf.TorchCompatibility;
using static TorchSharp.torch;

namespace Mdf.Training.Restoration;

/// <summary>Evaluates a restoration network on whole images by PSNR, SSIM and, optionally, LPIPS and other metrics.</summary>
public static class RestorationEvaluation
{
    private const int ColorChannels = 3;

    /// <summary>
    /// Degrades images, restores the degraded images with the network and compares the results with the originals. The same seed always
    /// gives the same degraded images.
    /// </summary>
    /// <param name="network">The network. It is in evaluation mode during the call and returns to its previous mode afterwards.</param>
    /// <param name="images">The reference images. Images that cannot be read or are too small are skipped and reported.</param>
    /// <param name="degradation">The degradation. It must shrink images by the network's scale.</param>
    /// <param name="options">Metrics and their settings; null for the defaults.</param>
    /// <param name="progress">Receives the scores of each image; null for no reports.</param>
    /// <param name="cancellation">Cancels the evaluation between two images or two tiles of an image.</param>
    /// <returns>The scores of the images and their means.</returns>
    /// <exception cref="ArgumentException">
    /// An option is out of its range, or LPIPS does not fit the network's channels or device.
    /// </exception>
    /// <exception cref="IOException">No image can be used.</exception>
    /// <exception cref="InvalidOperationException">The degraded images have another size than the network's scale requires.</exception>
    /// <exception cref="OperationCanceledException">The evaluation was cancelled.</exception>
    public static RestorationScores Evaluate(
        RestorationNetwork network,
        IImageSource images,
        Degradation degradation,
        RestorationEvaluationOptions? options = null,
        IProgress<ImageScores>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(network);
        return Evaluate(
            network, new ImagePairs(images, degradation, network.Scale, network.Channels), options, progress, cancellation: cancellation);
    }

    /// <summary>Restores degraded images with the network and compares the results with their references.</summary>
    /// <param name="network">The network. It is in evaluation mode during the call and returns to its previous mode afterwards.</param>
    /// <param name="pairs">Degraded images with their references. Pairs that cannot be used are skipped and reported.</param>
    /// <param name="options">Metrics and their settings; null for the defaults.</param>
    /// <param name="progress">Receives the scores of each image; null for no reports.</param>
    /// <param name="cancellation">Cancels the evaluation between two images or two tiles of an image.</param>
    /// <returns>The scores of the images and their means.</returns>
    /// <exception cref="ArgumentException">
    /// An option is out of its range, or LPIPS does not fit the network's channels or device.
    /// </exception>
    /// <exception cref="IOException">No pair can be used.</exception>
    /// <exception cref="OperationCanceledException">The evaluation was cancelled.</exception>
    public static RestorationScores Evaluate(
        RestorationNetwork network,
        IImagePairSource pairs,
        RestorationEvaluationOptions? options = null,
        IProgress<ImageScores>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(network);
        return Evaluate(
            network, new ImagePairs(pairs, network.Scale, network.Channels), options, progress, cancellation: cancellation);
    }

    /// <summary>Evaluates a network on pairs.</summary>
    /// <param name="network">The network.</param>
    /// <param name="pairs">Degraded images with their references.</param>
    /// <param name="options">Metrics and their settings; null for the defaults.</param>
    /// <param name="progress">Receives the scores of each image that this process measures; null for no reports.</param>
    /// <param name="team">Processes that share the images out; null for this process alone.</param>
    /// <param name="cancellation">Cancels the evaluation in all processes.</param>
    internal static RestorationScores Evaluate(
        RestorationNetwork network,
        ImagePairs pairs,
        RestorationEvaluationOptions? options,
        IProgress<ImageScores>? progress,
        TrainingTeam? team = null,
        CancellationToken cancellation = default)
    {
        options ??= new RestorationEvaluationOptions();
        options.Validate();
        MetricOptions metrics = options.Metrics ?? Customary(network);
        int leastSide = LeastSide(network, options);
        var seeds = new SeedSequence(options.Seed);
        var scores = new List<IndexedScores>();
        bool wasTraining = network.training, isStopped = false;
        network.eval();
        try
        {
            for (int i = team?.Rank ?? 0; i < Math.Min(pairs.Count, options.MaximumCount); i += team?.Size ?? 1)
            {
                cancellation.ThrowIfCancellationRequested();
                using PairedBatch? pair = pairs.Whole(i, seeds.Random(SeedSequence.Purpose.Evaluation, i), leastSide);
                if (pair is not null)
                {
                    ImageScores score = Measure(network, pairs.NameOf(i), pair, metrics, options, cancellation);
                    scores.Add(new IndexedScores(i, score));
                    progress?.Report(score);
                }
            }
        }
        catch (OperationCanceledException) when (team is { IsAlone: false })
        {
            isStopped = true;
        }
        finally
        {
            network.train(wasTraining);
        }

        return Combine(new Share(scores, pairs.Skipped, isStopped), team);
    }

    /// <summary>
    /// Throws an exception if an evaluation would fail with these arguments. It reads images up to the first usable one.
    /// </summary>
    /// <exception cref="ArgumentException">LPIPS is requested for a network of grey images.</exception>
    /// <exception cref="IOException">No image can be used.</exception>
    /// <exception cref="InvalidOperationException">The degraded images have another size than the network's scale requires.</exception>
    internal static void RequireUsable(
        RestorationNetwork network, ImagePairs pairs, RestorationEvaluationOptions options)
    {
        if (options.Lpips is not null && network.Channels != ColorChannels)
        {
            throw new ArgumentException(
                $"The network takes images of {network.Channels} channels; expected {ColorChannels} for LPIPS.", nameof(network));
        }

        var seeds = new SeedSequence(options.Seed);
        for (int i = 0; i < Math.Min(pairs.Count, options.MaximumCount); i++)
        {
            using PairedBatch? pair = pairs.Whole(i, seeds.Random(SeedSequence.Purpose.Evaluation, i), LeastSide(network, options));
            if (pair is not null)
            {
                return;
            }
        }

        throw NoneUsable(pairs.Skipped);
    }

    private static RestorationScores Combine(Share own, TrainingTeam? team)
    {
        IReadOnlyList<Share> shares = team?.Gather(own) ?? [own];
        if (shares.Any(share => share.IsStopped))
        {
            team!.AgreeToStop(true);
            throw new OperationCanceledException();
        }

        ImageScores[] scores = [.. shares.SelectMany(share => share.Scores).OrderBy(s => s.Index).Select(s => s.Scores)];
        SkippedImage[] skipped = [.. shares.SelectMany(share => share.Skipped).Distinct()];
        return scores.Length > 0 ? new RestorationScores(scores, skipped) : throw NoneUsable(skipped);
    }

    private static IOException NoneUsable(IReadOnlyList<SkippedImage> skipped) =>
        new($"No image can be used. The first one, {skipped[0].Name}: {skipped[0].Reason}");

    private static int LeastSide(RestorationNetwork network, RestorationEvaluationOptions options) => Math.Max(
        new StructuralSimilarityOptions().WindowSize + (2 * (options.Metrics ?? Customary(network)).CropBorder),
        Math.Max(
            options.Lpips?.MinimumSide ?? 1,
            options.Additional.Select(metric => metric.MinimumSide).DefaultIfEmpty().Max()
                + (2 * (options.Metrics ?? Customary(network)).CropBorder)));

    private static MetricOptions Customary(RestorationNetwork network) => network.Scale == 1
        ? new MetricOptions { RoundToBytes = true }
        : new MetricOptions
        {
            RoundToBytes = true,
            CropBorder = network.Scale,
            Channels = network.Channels == ColorChannels ? MetricChannels.Luma : MetricChannels.All,
        };

    private static ImageScores Measure(
        RestorationNetwork network,
        string name,
        PairedBatch pair,
        MetricOptions metrics,
        RestorationEvaluationOptions options,
        CancellationToken cancellation)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        Device device = network.parameters().First().device;
        Tensor degraded = pair.Degraded.to(device), reference = pair.Reference.to(device);
        Tensor restored = options.SelfEnsemble ? SelfEnsemble.Restore(Restore, degraded) : Restore(degraded);
        Tensor enlarged = network.Scale == 1 ? degraded : Resize.Bicubic(degraded, (int)reference.shape[2], (int)reference.shape[3]);
        return new ImageScores(
            name,
            LimitedPsnr(restored, reference, metrics),
            StructuralSimilarity.Measure(restored, reference, metrics).item<double>(),
            options.Lpips?.call(restored.Within(0, 1), reference).mean().item<float>(),
            LimitedPsnr(enlarged, reference, metrics),
            StructuralSimilarity.Measure(enlarged, reference, metrics).item<double>())
        {
            Additional = options.Additional.ToDictionary(m => m.Name, m => m.Measure(restored, reference, metrics)),
        };

        Tensor Restore(Tensor images) => TiledInference.Restore(network, images, options.Tiling, cancellationToken: cancellation);
    }

    private static double LimitedPsnr(Tensor images, Tensor reference, MetricOptions metrics) =>
        Math.Min(Psnr.Measure(images, reference, metrics).item<double>(), Psnr.EightBitLimit);

    // What one of several processes has measured.
    private sealed record Share(IReadOnlyList<IndexedScores> Scores, IReadOnlyList<SkippedImage> Skipped, bool IsStopped);

    private sealed record IndexedScores(int Index, ImageScores Scores);
}
