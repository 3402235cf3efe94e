using static TorchSharp.torch;

namespace Mdf.Models.Simd;

/// <summary>
/// The gradient of a <see cref="WinogradConvolution"/>'s weights by the same minimal filtering: 36 products for each pair of channels and
/// tile of 4 x 4 outputs instead of 144. Maps are added up in the transformed space, and the sum is transformed back once.
/// </summary>
/// <remarks>
/// Every sum runs over the tiles in order, whatever the number of threads, so the result is the same to the last bit: threads share the
/// transforms by tiles and the products by points.
/// </remarks>
internal sealed unsafe class WinogradWeightGradient
{
    private const int Lane = MatrixProduct.Lane, Taps = 3, Outputs = 4, Points = 36;

    // Number of tiles that are transformed before they are multiplied, and that a thread transforms at a time.
    private const int MostTiles = 256, TilesOfBlock = 24;

    // A matrix (input channel, output channel) for each point.
    private readonly float[] sums;
    private readonly int inputs;
    private readonly int outputs;
    private bool isZero = true;

    /// <summary>Creates a gradient of zero.</summary>
    /// <param name="inputs">Number of input channels, a multiple of <see cref="MatrixProduct.Lane"/>.</param>
    /// <param name="outputs">Number of output channels, a multiple of <see cref="MatrixProduct.Columns"/>.</param>
    public WinogradWeightGradient(int inputs, int outputs)
    {
        (this.inputs, this.outputs) = (inputs, outputs);
        sums = new float[Points * inputs * outputs];
    }

    /// <summary>Sets the gradient to zero.</summary>
    public void Clear() => isZero = true;

    /// <summary>Adds the gradient of some images.</summary>
    /// <param name="source">The first image's input map. The other images' maps follow it in memory.</param>
    /// <param name="gradient">The first image's gradient of the outputs, two rows and two columns smaller.</param>
    /// <param name="images">Number of images.</param>
    public void Add(FeatureMap source, FeatureMap gradient, int images) =>
        Add(source, gradient, images, KernelChoice.Current.Bits == 512);

    /// <summary>Adds by the kernel for 512 or for 256 bits.</summary>
    /// <inheritdoc cref="Add(FeatureMap, FeatureMap, int)"/>
    public void Add(FeatureMap source, FeatureMap gradient, int images, bool is512)
    {
        var grid = new WinogradGrid(source, default, Outputs, Taps);
        int tiles = images * grid.TilesOfImage, parts = (tiles + MostTiles - 1) / MostTiles, most = (tiles + parts - 1) / parts;

        // Planes are padded by a vector, so that those of a tile do not map to the same cache set.
        long panel = most * Lane, planeIn = ((long)most * inputs) + Lane, planeOut = ((long)most * outputs) + Lane;
        using var scratch = new Scratch(Points * (planeIn + planeOut));
        float* before = scratch.Start, behind = before + (Points * planeIn);
        for (int begin = 0; begin < tiles; begin += most)
        {
            int first = begin, count = Math.Min(most, tiles - first);
            Blocks.Run((count + TilesOfBlock - 1) / TilesOfBlock, blocks =>
            {
                using var memory = new Scratch(WinogradInputs.Small);
                while (blocks.Take(out int block))
                {
                    int done = block * TilesOfBlock, now = Math.Min(TilesOfBlock, count - done);
                    var inputPlanes = new WinogradPlanes(before + (done * Lane), planeIn, Lane, most);
                    var gradientPlanes = new WinogradPlanes(behind + (done * Lane), planeOut, Lane, most);
                    WinogradInputs.Transform(grid, first + done, now, inputs, inputPlanes, memory.Start);
                    WinogradInputs.TransformGradients(grid, gradient, first + done, now, gradientPlanes, memory.Start);
                }
            });
            bool adds = !isZero;
            Blocks.Run(Points, points =>
            {
                fixed (float* to = sums)
                {
                    while (points.Take(out int point))
                    {
                        OuterProduct.Multiply(
                            before + (point * planeIn),
                            behind + (point * planeOut),
                            count,
                            panel,
                            to + ((long)point * inputs * outputs),
                            inputs,
                            outputs,
                            adds,
                            is512);
                    }
                }
            });
            isZero = false;
        }
    }

    /// <summary>Copies the gradient.</summary>
    /// <param name="gradient">(outputs, inputs, 3, 3), float32.</param>
    public void CopyTo(Tensor gradient)
    {
        using var scope = NewDisposeScope();
        if (isZero)
        {
            gradient.zero_();
            return;
        }

        Tensor taps = empty([Taps, Taps, inputs, outputs], ScalarType.Float32, CPU);
        fixed (byte* to = taps.bytes)
        {
            fixed (float* from = sums)
            {
                WinogradWeights.TransformBack(from, inputs, outputs, (float*)to);
            }
        }

        gradient.copy_(taps.permute(3, 2, 0, 1));
    }
}
