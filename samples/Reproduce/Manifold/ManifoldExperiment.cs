using Mdf.Degradations;
using Reproduce.Data;
using Reproduce.Grids;
using Reproduce.Statistics;
using static TorchSharp.torch;

namespace Reproduce.Manifold;

/// <summary>
/// Examines whether features tell distorted images from originals: figures 1 and 2 of the paper's supplement, and a measure of
/// separability.
/// </summary>
internal sealed class ManifoldExperiment(Workspace workspace, ImageSet images, int side, long seed)
{
    public const string Kind = "manifold";

    private const int Folds = 5;

    private static readonly (string Name, Func<int, Degradation> Degradation)[] Distortions =
    [
        ("JPEG, quality 7 to 10", _ => new JpegCompression(7, 10)),
        ("blurred, bilinear down and up x4", _ => new DownUpBlur()),
        (
            "scrambled Laplacian pyramid",
            side => new ScrambledLaplacianPyramid(Math.Min(5, Mdf.Imaging.LaplacianPyramid.LargestLevelCount(side, side)))),
    ];

    /// <summary>Returns the description that identifies the experiment.</summary>
    public ManifoldDescription Describe(string title, string network) => new()
    {
        Features = title,
        Network = network,
        Data = images.Description,
        Side = side,
        Distortions = [.. Distortions.Select(d => d.Degradation(side).Description)],
        Seed = seed,
    };

    /// <summary>Returns the experiment for one kind of features.</summary>
    /// <param name="title">Name of the features.</param>
    /// <param name="network">Checksum of the network's weights, or identity of its training.</param>
    /// <param name="training">Description of the network's training; null if this program does not train the network.</param>
    /// <param name="create">Creates the features and the network, once they are needed.</param>
    public GridItem Item(
        string title,
        string network,
        SrganDescription? training,
        Func<IProgress<double>, CancellationToken, (FeatureSource Source, IDisposable Network)> create)
    {
        if (images.Count < Folds)
        {
            throw new ArgumentException(
                $"{images.Name} has {images.Count} images; expected at least {Folds}, the number of folds of the cross-validation.");
        }

        return GridItem.Of(workspace, $"manifold, {title}", Kind, Describe(title, network), (progress, cancellation) =>
        {
            (FeatureSource source, IDisposable model) = create(progress, cancellation);
            using (model)
            {
                return Run(source, cancellation) with { Training = training };
            }
        });
    }

    private ManifoldResult Run(FeatureSource source, CancellationToken cancellation)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        Tensor original = Features(source, null, cancellation);
        var pairs = new List<ManifoldPair>();
        foreach ((string name, Func<int, Degradation> degradation) in Distortions)
        {
            using var pairScope = NewDisposeScope();
            Tensor distorted = Features(source, degradation(side), cancellation);
            Tensor embedding = TSne.Embed(Standardized(cat([original, distorted], 0)), new TSneOptions { Seed = seed }, cancellation);
            pairs.Add(new ManifoldPair(
                name,
                Points(embedding, 0),
                Points(embedding, images.Count),
                Separability.NearestNeighbors(original, distorted, folds: Folds),
                Separability.Logistic(original, distorted, folds: Folds)));
        }

        return new ManifoldResult(pairs);
    }

    private Tensor Features(FeatureSource source, Degradation? degradation, CancellationToken cancellation)
    {
        using var scope = NewDisposeScope();
        var rows = new List<Tensor>();
        for (int i = 0; i < images.Count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            using var imageScope = NewDisposeScope();
            Tensor image = images.Middle(i, side);
            Tensor seen = degradation is null ? image : degradation.Apply(image, new Random(i));
            rows.Add(source.Extract(seen.to(workspace.Device)).cpu().MoveToOuterDisposeScope());
        }

        return stack([.. rows], 0).MoveToOuterDisposeScope();
    }

    private static Tensor Standardized(Tensor features)
    {
        Tensor deviation = features.std(0, unbiased: false, keepdim: true);
        return (features - features.mean([0], keepdim: true)) / where(deviation > 1e-12, deviation, 1);
    }

    private double[][] Points(Tensor embedding, int from) =>
        [.. Enumerable.Range(from, images.Count).Select(i => embedding[i].data<double>().ToArray())];
}
