using Mdf.Models.Adversarial;
using static TorchSharp.torch;

namespace Mdf.Losses;

/// <summary>
/// The frozen discriminators of an <see cref="MdfLoss"/>: one float64 original on the CPU, and of it the copies that are in use, one for
/// each precision, on the loss's device.
/// </summary>
internal sealed class FoldedPyramid : IImageRequirements, IDisposable
{
    private readonly FoldedDiscriminator[] originals;
    private readonly MdfLayers layers;
    private readonly Dictionary<ScalarType, FoldedDiscriminator[]> copies = [];
    private readonly Lock guard = new();

    public FoldedPyramid(IReadOnlyList<MdfDiscriminator> discriminators, MdfLossOptions options, string name)
    {
        layers = options.Layers;
        Channels = discriminators[0].InputChannels;
        MinimumSide = discriminators.Max(d => d.ReceptiveField);
        if (discriminators.Any(d => d.InputChannels != Channels))
        {
            throw new ArgumentException($"The discriminators take {string.Join(", ", discriminators.Select(d => d.InputChannels))} channels; expected the same number of all.", name);
        }

        originals = [.. discriminators.Select(d => FoldedDiscriminator.Fold(d, options.InputRange, name))];
    }

    public int ScaleCount => originals.Length;

    public int Channels { get; }

    public int MinimumSide { get; }

    public Device Device { get; private set; } = CPU;

    /// <summary>Moves to a device: the next call makes its copies there.</summary>
    public void MoveTo(Device device)
    {
        lock (guard)
        {
            DisposeCopies();

            // The device as a tensor on it reports it: "cuda" becomes "cuda:0".
            using Tensor probe = empty(0, device: device);
            Device = probe.device;
        }
    }

    /// <summary>The loss of each image, scale and layer, (N, K, L), computed by autograd.</summary>
    public Tensor Terms(Tensor restored, Tensor reference)
    {
        using var scope = NewDisposeScope();
        bool referenceLearns = reference.requires_grad && is_grad_enabled();
        Tensor y = reference.to(Precision(reference));
        return Terms(restored, (_, discriminator) =>
        {
            using var noGradient = referenceLearns ? null : no_grad();
            return discriminator.Features(y, layers);
        }).MoveToOuterDisposeScope();
    }

    /// <summary>The same against features of the reference computed before.</summary>
    public Tensor Terms(Tensor restored, IReadOnlyList<Tensor[]> reference) => Terms(restored, (scale, _) => reference[scale]);

    /// <summary>The features of images at every scale, without gradient.</summary>
    public Tensor[][] Features(Tensor images)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        Tensor x = images.to(Precision(images));
        Tensor[][] features = [.. On(Precision(images)).Select(d => d.Features(x, layers))];
        scope.MoveToOuter(features.SelectMany(f => f));
        return features;
    }

    public void Dispose()
    {
        DisposeCopies();
        foreach (FoldedDiscriminator original in originals)
        {
            original.Dispose();
        }
    }

    private Tensor Terms(Tensor restored, Func<int, FoldedDiscriminator, Tensor[]> referenceFeatures)
    {
        using var scope = NewDisposeScope();
        Tensor x = restored.to(Precision(restored));
        var terms = new List<Tensor>();
        FoldedDiscriminator[] discriminators = On(Precision(restored));
        for (int scale = 0; scale < discriminators.Length; scale++)
        {
            using var ofScale = NewDisposeScope();
            Tensor[] ys = referenceFeatures(scale, discriminators[scale]);
            Tensor[] xs = discriminators[scale].Features(x, layers);
            Tensor distances = stack(xs.Zip(ys, (fx, fy) => (fx - fy).square().mean([1, 2, 3])), dim: 1);
            terms.Add(distances.MoveToOuterDisposeScope());
        }

        return stack(terms, dim: 1).MoveToOuterDisposeScope();
    }

    private static ScalarType Precision(Tensor images) => images.dtype == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32;

    /// <summary>The copies on the loss's device in a precision, made when they are first asked for.</summary>
    internal FoldedDiscriminator[] On(ScalarType precision)
    {
        lock (guard)
        {
            if (!copies.TryGetValue(precision, out FoldedDiscriminator[]? copy))
            {
                copy = [.. originals.Select(d => d.To(Device, precision))];
                copies.Add(precision, copy);
            }

            return copy;
        }
    }

    private void DisposeCopies()
    {
        foreach (FoldedDiscriminator copy in copies.Values.SelectMany(c => c))
        {
            copy.Dispose();
        }

        copies.Clear();
    }
}
