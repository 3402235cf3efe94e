using System.Numerics;
using Mdf.Models.Layered;
using Mdf.TorchCompatibility;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace Mdf.Models.Simd;

/// <summary>
/// A frozen restoration network in float32 for CPUs with AVX2 or AVX-512. Its convolutions between many channels are computed without
/// libtorch, from top to bottom in bands of rows: each layer computes its next rows as soon as the layer before has those that it needs, so
/// maps stay in the processor's caches and memory does not grow with the image's height.
/// </summary>
internal sealed class StreamedNetwork : IDisposable
{
    // Largest number of columns of a strip. Wider images are processed in strips, so that the rows that layers share stay in the caches.
    private const int StripColumns = 640;

    // Largest fraction of the columns that strips may compute twice, where they are made for threads to work on.
    private const double MostRepeated = 0.08;

    private readonly LayerStep[] steps;
    private readonly StreamedStage[] stages;
    private readonly HashSet<int> others;
    private readonly int[] zooms;

    // Number of the image's columns beside a strip that its result depends on.
    private readonly double halo;

    private StreamedNetwork(LayerStep[] steps, StreamedStage[] stages, HashSet<int> others)
    {
        (this.steps, this.stages, this.others) = (steps, stages, others);
        zooms = Enumerable.Repeat(1, steps.Length + 1).ToArray();
        foreach (StreamedStage stage in stages)
        {
            zooms[stage.Output] = zooms[stage.Input] * stage.Shuffle;
        }

        halo = Math.Max(1, stages.Sum(s => (double)s.Padding / zooms[s.Input]));
    }

    /// <summary>Creates the form of a network; null if the processor or a layer does not fit.</summary>
    /// <param name="graph">The network. Its weights are copied.</param>
    public static StreamedNetwork? TryCreate(LayerGraph graph)
    {
        if (!VectorDiscriminator.IsSupported)
        {
            return null;
        }

        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        IReadOnlyList<LayerStep> steps = graph.Folded().Steps;
        return new StreamedNetworkBuilder(steps).Build() is var (stages, others)
            ? new StreamedNetwork([.. steps.Select((s, i) => others.Contains(i) ? Copied(s) : s)], stages, others)
            : null;

        static LayerStep Copied(LayerStep step) => step is ConvolutionStep c
            ? c with { Weight = Copy(c.Weight), Bias = c.Bias is null ? null : Copy(c.Bias) }
            : step;

        static Tensor Copy(Tensor weight) => weight.detach().clone().DetachFromDisposeScope();
    }

    /// <summary>Restores images.</summary>
    /// <param name="images">(N, C, H, W), float32, on the CPU.</param>
    /// <param name="progress">Receives the fraction that is done, in (0, 1]; null for none.</param>
    /// <param name="cancellation">Cancels the restoration between two bands of rows.</param>
    /// <returns>The restored images, in the caller's dispose scope.</returns>
    public Tensor Run(Tensor images, IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var values = new Tensor?[steps.Length + 1];
        values[0] = images;
        foreach ((int index, LayerStep step) in steps.Index())
        {
            if (others.Contains(index))
            {
                values[index + 1] = ByLibtorch(step, values);
            }
            else if (index + 1 == stages[^1].Output)
            {
                values[index + 1] = Streamed(values[stages[0].Input]!, progress, cancellation);
            }
        }

        return values[^1]!.contiguous().MoveToOuterDisposeScope();
    }

    public void Dispose()
    {
        foreach (ConvolutionStep step in steps.Where((_, i) => others.Contains(i)).OfType<ConvolutionStep>())
        {
            step.Weight.Dispose();
            step.Bias?.Dispose();
        }
    }

    // Steps on images, of few channels, around the streamed convolutions.
    private static Tensor ByLibtorch(LayerStep step, Tensor?[] values)
    {
        Tensor x = values[step.Input]!;
        return step switch
        {
            ConvolutionStep c => conv2d(x, c.Weight, c.Bias, padding: [c.Padding, c.Padding]),
            ScaleStep s => x.Times(s.Factor),
            AddStep s => x.Plus(values[s.Other]!.Times(s.Factor)),
            BilinearUpscaleStep e => interpolate(
                x, [x.shape[2] * e.Scale, x.shape[3] * e.Scale], mode: InterpolationMode.Bilinear, align_corners: false),
            _ => throw new InvalidOperationException($"{step.GetType().Name} is not computed on images."),
        };
    }

    private Tensor Streamed(Tensor images, IProgress<double>? progress, CancellationToken cancellation)
    {
        StreamedStage first = stages[0], last = stages[^1];
        int zoom = zooms[last.Input], height = (int)images.shape[2], width = (int)images.shape[3];
        Tensor result = TensorLayout.Allocate(
            [images.shape[0], last.Outputs, height * zoom, width * zoom], ScalarType.Float32, CPU, channelsLast: true);
        long pad = first.Padding;
        for (int image = 0; image < images.shape[0]; image++)
        {
            using var scope = NewDisposeScope();
            Tensor padded = pad == 0 ? images[image].unsqueeze(0) : nn.functional.pad(images[image].unsqueeze(0), [pad, pad, pad, pad]);
            Tensor source = padded.WithChannelsLast();
            (FeatureMap from, FeatureMap to) = (FeatureMap.Of(source, 0), FeatureMap.Of(result, image));
            int strips = Strips(width, halo);
            double before = (double)image / images.shape[0], done = 0;
            var reporting = new Lock();
            Blocks.RunApart(strips, strip =>
            {
                (int begin, int end) = (width * strip / strips, width * (strip + 1) / strips);
                using var run = new StreamedRun(stages, zooms, from, to, begin, end);
                run.Run(
                    part =>
                    {
                        lock (reporting)
                        {
                            done += part;
                            progress?.Report(before + (done / (strips * images.shape[0])));
                        }
                    },
                    cancellation);
            });
        }

        return result;
    }

    /// <summary>
    /// Returns the number of strips. It depends on the image alone, because the division of the columns into tiles affects rounding: the
    /// result is the same for any number of threads, which work on strips without waiting for each other.
    /// </summary>
    /// <param name="width">Number of the image's columns.</param>
    /// <param name="halo">Number of columns beside a strip that its result depends on.</param>
    internal static int Strips(int width, double halo)
    {
        uint affordable = 1 + (uint)(width * MostRepeated / (2 * halo)), needed = (uint)((width + StripColumns - 1) / StripColumns);
        return (int)Math.Max(BitOperations.RoundUpToPowerOf2(needed), 1u << BitOperations.Log2(affordable));
    }
}
