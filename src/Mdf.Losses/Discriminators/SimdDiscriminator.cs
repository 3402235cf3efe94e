using Mdf.Models.Simd;
using Mdf.Tiling;
using TorchSharp;
using static TorchSharp.torch;

namespace Mdf.Losses.Discriminators;

/// <summary>
/// A frozen discriminator in float32 on a CPU with AVX2 or AVX-512. It is computed without libtorch, except where a graph is wanted.
/// </summary>
internal sealed class SimdDiscriminator : IDiscriminatorExtractor
{
    private readonly DiscriminatorStack withGraph;
    private readonly VectorDiscriminator vectors;

    /// <summary>Copies the given convolutions, which must fit (<see cref="Fits"/>).</summary>
    public SimdDiscriminator((Tensor Weight, Tensor Bias)[] convolutions, MdfLayers layers)
    {
        vectors = new VectorDiscriminator(convolutions);
        withGraph = new DiscriminatorStack([convolutions], layers, CPU, ScalarType.Float32, channelsLast: true);
    }

    public int Networks => 1;

    public bool UsesChannelsLast => true;

    public long Channels => withGraph.Channels;

    /// <summary>
    /// Returns whether this processor and these convolutions can be computed without libtorch in a precision on a device.
    /// </summary>
    public static bool Fits((Tensor Weight, Tensor Bias)[] convolutions, Device device, ScalarType precision) =>
        device.type == DeviceType.CPU && precision == ScalarType.Float32 && VectorDiscriminator.Fits(convolutions);

    public Tensor[] Features(Tensor images, bool keepsGraph) =>
        keepsGraph ? withGraph.Features(images, keepsGraph) : Pass(images).Features(images);

    public Tensor Distances(IReadOnlyList<Tensor> restored, IReadOnlyList<Tensor> reference) => withGraph.Distances(restored, reference);

    public Tensor? Compare(Tensor x, Tensor[] references, TileComparison comparison) => Pass(x).Compare(x, references, comparison);

    public Tensor? Compare(Tensor x, Tensor reference, TileComparison comparison) => Pass(x).Compare(x, reference, comparison);

    public void Dispose() => withGraph.Dispose();

    private VectorPass Pass(Tensor images) => new(
        vectors, [.. Enumerable.Range(0, withGraph.Last + 1).Select(withGraph.IsMap)], (int)images.shape[2], (int)images.shape[3]);
}
