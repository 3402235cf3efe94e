using Mdf.Data;
using Mdf.Imaging;
using Mdf.Metrics;
using Mdf.Models.Restoration;
using Reproduce.Data;
using Reproduce.Grids;
using static TorchSharp.torch;

namespace Reproduce.Trainings;

/// <summary>Restores test images, measures them and keeps the first for the report.</summary>
internal sealed class Evaluation(Workspace workspace, Application application, ImageSet images, PerceptualMetric? lpips)
{
    /// <summary>The images of a set that are kept.</summary>
    public const int MostStored = 30;

    // What is kept of larger images: their middle.
    private const int StoredSide = 512;
    private const int JpegQuality = 90;

    private static readonly MetricOptions EightBits = new() { RoundToBytes = true };

    /// <summary>What to know of it beforehand.</summary>
    public EvaluationDescription Describe(TrainingDescription? training) => new()
    {
        Training = training,
        Application = application.Key,
        Degradation = application.Degradation.Description,
        Data = images.Description,
        Measures = "PSNR and SSIM of RGB, all pixels, 8 bits",
        Lpips = lpips?.Checksum,
    };

    /// <summary>Measures a network, or images without one.</summary>
    public EvaluationResult Measure(RestorationNetwork? network, string identity, CancellationToken cancellation)
    {
        using var noGradient = no_grad();
        var pairs = new ImagePairs(images.Images, application.Degradation, application.Scale);
        var names = new List<string>();
        List<double> psnr = [], ssim = [], distances = [];
        string restoredFolder = $"images/{identity}", referenceFolder = $"images/{images.Description.Checksum}-x{application.Scale}";
        Directory.CreateDirectory(workspace.PathOf(restoredFolder));
        Directory.CreateDirectory(workspace.PathOf(referenceFolder));
        for (int i = 0; i < images.Count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            PairedBatch pair = pairs.Whole(i, new Random(i), leastSide: 32)
                ?? throw new InvalidDataException($"Image {pairs.Skipped[0].Name} of {images.Name} cannot be tested on: {pairs.Skipped[0].Reason}");
            Tensor reference = pair.Reference.to(workspace.Device), degraded = pair.Degraded.to(workspace.Device);
            Tensor restored = (network is null ? application.Unrestored(degraded) : TiledInference.Restore(network, degraded, cancellationToken: cancellation)).clamp(0, 1);
            names.Add(images.Images.NameOf(i));
            psnr.Add(Psnr.Measure(restored, reference, EightBits).item<double>());
            ssim.Add(StructuralSimilarity.Measure(restored, reference, EightBits).item<double>());
            if (lpips is not null)
            {
                distances.Add(lpips.Measure(restored, reference));
            }

            if (i < MostStored)
            {
                Store(restored, restoredFolder, i);
                Store(reference, referenceFolder, i);
            }

            pair.Dispose();
        }

        return new EvaluationResult
        {
            Images = names,
            Psnr = psnr,
            Ssim = ssim,
            Lpips = lpips is null ? null : distances,
            RestoredFolder = restoredFolder,
            ReferenceFolder = referenceFolder,
            Stored = Math.Min(images.Count, MostStored),
        };
    }

    private void Store(Tensor image, string folder, int index)
    {
        string path = workspace.PathOf(folder, $"{index:d2}.jpg");
        if (folder.EndsWith($"-x{application.Scale}", StringComparison.Ordinal) && File.Exists(path))
        {
            return;
        }

        long height = Math.Min(image.shape[2], StoredSide), width = Math.Min(image.shape[3], StoredSide);
        using Tensor middle = image.narrow(2, (image.shape[2] - height) / 2, height).narrow(3, (image.shape[3] - width) / 2, width).cpu();
        ImageFile.Write(path, middle, JpegQuality);
    }
}
