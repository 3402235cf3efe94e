using Mdf.Data;
using Mdf.Imaging;
using Mdf.Metrics;
using Mdf.Models.Restoration;
using Reproduce.Data;
using Reproduce.Grids;
using static TorchSharp.torch;

namespace Reproduce.Trainings;

/// <summary>Restores and measures test images, and saves the first of them for the report.</summary>
internal sealed class Evaluation(Workspace workspace, Application application, ImageSet images, PerceptualMetric? lpips)
{
    /// <summary>Maximum number of images that are saved of a test set.</summary>
    public const int MostStored = 30;

    // Only the middle of larger images is saved.
    private const int StoredSide = 512;
    private const int JpegQuality = 90;

    private static readonly MetricOptions EightBits = new() { RoundToBytes = true };
    private static readonly MetricOptions Luma = EightBits with { Channels = MetricChannels.Luma };

    private static readonly IReadOnlyDictionary<string, Func<Tensor, Tensor, Tensor>> Additional =
        new Dictionary<string, Func<Tensor, Tensor, Tensor>>
        {
            [EvaluationResult.LumaPsnr] = (x, y) => Psnr.Measure(x, y, Luma),
            [EvaluationResult.HaarPsi] = (x, y) => HaarPsi.Measure(x, y, EightBits),
            [EvaluationResult.Gmsd] = (x, y) => Gmsd.Measure(x, y, EightBits),
            [EvaluationResult.Vif] = (x, y) => VisualInformationFidelity.Measure(x, y, EightBits),
            [EvaluationResult.Fsim] = (x, y) => FeatureSimilarity.Measure(x, y, EightBits),
        };

    /// <summary>Returns the description that identifies an evaluation of a network; null stands for no network.</summary>
    public EvaluationDescription Describe(TrainingDescription? training) => new()
    {
        Training = training,
        Application = application.Key,
        Degradation = application.Degradation.Description,
        Data = images.Description,
        Measures = "PSNR and SSIM of RGB, PSNR of luma, HaarPSI, GMSD, VIF and FSIM; all pixels, 8 bits",
        Lpips = lpips?.Checksum,
    };

    /// <summary>Measures the images that a network restores, or the degraded images if there is no network.</summary>
    public EvaluationResult Measure(RestorationNetwork? network, string identity, CancellationToken cancellation)
    {
        using var noGradient = no_grad();
        var pairs = new ImagePairs(images.Images, application.Degradation, application.Scale);
        var names = new List<string>();
        List<double> psnr = [], ssim = [], distances = [];
        var additional = Additional.ToDictionary(m => m.Key, _ => new List<double>());
        string restoredFolder = $"images/{identity}", referenceFolder = $"images/{images.Description.Checksum}-x{application.Scale}";
        Directory.CreateDirectory(workspace.PathOf(restoredFolder));
        Directory.CreateDirectory(workspace.PathOf(referenceFolder));
        for (int i = 0; i < images.Count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            PairedBatch pair = pairs.Whole(i, new Random(i), leastSide: VisualInformationFidelity.MinimumSide)
                ?? throw new InvalidDataException(
                    $"Image {pairs.Skipped[^1].Name} of {images.Name} cannot be used for testing: {pairs.Skipped[^1].Reason}");
            Tensor reference = pair.Reference.to(workspace.Device), degraded = pair.Degraded.to(workspace.Device);
            Tensor restored = network is null
                ? application.Unrestored(degraded)
                : TiledInference.Restore(network, degraded, cancellationToken: cancellation);
            restored = restored.clamp(0, 1);
            names.Add(images.Images.NameOf(i));
            psnr.Add(Math.Min(Psnr.Measure(restored, reference, EightBits).item<double>(), Psnr.EightBitLimit));
            ssim.Add(StructuralSimilarity.Measure(restored, reference, EightBits).item<double>());
            foreach ((string name, Func<Tensor, Tensor, Tensor> measure) in Additional)
            {
                double value = measure(restored, reference).to(ScalarType.Float64).item<double>();
                additional[name].Add(name == EvaluationResult.LumaPsnr ? Math.Min(value, Psnr.EightBitLimit) : value);
            }

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
            Additional = additional.ToDictionary(m => m.Key, m => (IReadOnlyList<double>)m.Value),
            RestoredFolder = restoredFolder,
            ReferenceFolder = referenceFolder,
            Stored = Math.Min(images.Count, MostStored),
        };
    }

    private void Store(Tensor image, string folder, int index)
    {
        string path = StoredImages.PathOf(workspace, folder, index);
        if (folder.EndsWith($"-x{application.Scale}", StringComparison.Ordinal) && File.Exists(path))
        {
            return;
        }

        long height = Math.Min(image.shape[2], StoredSide), width = Math.Min(image.shape[3], StoredSide);
        using Tensor middle = image.narrow(2, (image.shape[2] - height) / 2, height).narrow(3, (image.shape[3] - width) / 2, width).cpu();
        ImageFile.Write(path, middle, JpegQuality);
    }
}
