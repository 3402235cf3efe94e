using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using static TorchSharp.torch;
using Lanes = System.Runtime.Intrinsics.Vector512<float>;

namespace Mdf.Models.Simd;

/// <summary>
/// A 3 x 3 convolution in float32 by Winograd's minimal filtering, which needs 36 products per channel and tile of 4 x 4 outputs instead of
/// 144.
/// </summary>
/// <remarks>
/// Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks", CVPR 2016: F(4 x 4, 3 x 3). The interpolation points are 0,
/// ±√½, ±√2 and infinity; the paper's points 0, ±1, ±2 and infinity give 2.6 times the rounding error.
/// </remarks>
internal sealed unsafe class WinogradConvolution
{
    private const int Lane = MatrixProduct.Lane, Taps = 3, Outputs = 4, Side = 6, Points = Side * Side;

    private const int TilesOfBlock = 2 * MatrixProduct.Rows;

    // Number of output channels that are multiplied and transformed before the next ones: their products and weights leave room in the
    // second-level cache for the transformed inputs.
    private const int Slice = MatrixProduct.Columns;

    // Layers with more weights than this are computed phase by phase, because the weights of a block would not stay in the caches.
    private const int WeightsOfBlock = Points * 128 * 128;

    // Number of output channels whose weights are transformed at once; bounds the memory of it.
    private const int ChannelsAtOnce = 64;

    // Number of values that a phase leaves for the next one: 16 MB, which the third-level cache holds.
    private const int ValuesOfPhase = 1 << 22;

    // A matrix (input channel, output channel) in panels for each point.
    private readonly float[] weights;
    private readonly int inputs;
    private readonly int outputs;

    /// <summary>Transforms the weights.</summary>
    /// <param name="weight">
    /// (outputs, inputs, 3, 3), float64; inputs must be a multiple of <see cref="MatrixProduct.Lane"/>, outputs a multiple of
    /// <see cref="MatrixProduct.Columns"/>.
    /// </param>
    public WinogradConvolution(Tensor weight)
    {
        using var scope = NewDisposeScope();
        (outputs, inputs) = ((int)weight.shape[0], (int)weight.shape[1]);
        Tensor taps = WinogradTransforms.Taps();

        // Both dimensions at once: one product instead of a small one for each pair of channels.
        Tensor both = kron(taps, taps);
        weights = new float[Points * inputs * outputs];
        for (int first = 0; first < outputs; first += ChannelsAtOnce)
        {
            using var ofPart = NewDisposeScope();
            int count = Math.Min(ChannelsAtOnce, outputs - first);
            Tensor part = weight.narrow(0, first, count).permute(2, 3, 1, 0).reshape(Taps * Taps, inputs * count);
            Span<float> panels = MemoryMarshal.Cast<byte, float>(
                MatrixProduct.Panels(both.matmul(part).reshape(Points, inputs, count)).bytes);
            for (int point = 0; point < Points; point++)
            {
                panels.Slice(point * inputs * count, inputs * count).CopyTo(weights.AsSpan(inputs * ((point * outputs) + first)));
            }
        }
    }

    /// <summary>Creates a convolution whose weights <see cref="Set"/> sets, again and again.</summary>
    /// <param name="inputs">Number of input channels, a multiple of <see cref="MatrixProduct.Lane"/>.</param>
    /// <param name="outputs">Number of output channels, a multiple of <see cref="MatrixProduct.Columns"/>.</param>
    public WinogradConvolution(int inputs, int outputs)
    {
        (this.inputs, this.outputs) = (inputs, outputs);
        weights = new float[Points * inputs * outputs];
    }

    /// <summary>Replaces the weights.</summary>
    /// <param name="weight">(outputs, inputs, 3, 3), float32.</param>
    public void Set(Tensor weight)
    {
        using var scope = NewDisposeScope();
        Tensor taps = weight.permute(2, 3, 1, 0).contiguous();
        fixed (byte* from = taps.bytes)
        {
            fixed (float* to = weights)
            {
                WinogradWeights.Transform((float*)from, inputs, outputs, to);
            }
        }
    }

    // Stride between the planes of two points, padded by one vector so that a tile's 36 planes do not map to the same cache set.
    private static long Plane(long tiles, int channels) => (tiles * channels) + Lane;

    /// <summary>Convolves a map.</summary>
    /// <param name="source">The input map.</param>
    /// <param name="margins">Zero padding.</param>
    /// <param name="epilogue">Processes and stores the outputs.</param>
    public void Run<TEpilogue>(FeatureMap source, Margins margins, TEpilogue epilogue)
        where TEpilogue : struct, IEpilogue => Run(source, images: 1, margins, epilogue);

    /// <summary>Convolves the maps of several images.</summary>
    /// <param name="source">The first image's input map. The other images' maps follow it in memory.</param>
    /// <param name="images">Number of images.</param>
    /// <param name="margins">Zero padding.</param>
    /// <param name="epilogue">Processes and stores the outputs.</param>
    public void Run<TEpilogue>(FeatureMap source, int images, Margins margins, TEpilogue epilogue)
        where TEpilogue : struct, IEpilogue
    {
        var grid = new WinogradGrid(source, margins, Outputs, Taps);
        int tiles = images * grid.TilesOfImage;
        if (weights.Length > WeightsOfBlock)
        {
            RunPhases(grid, tiles, epilogue);
            return;
        }

        Blocks.Run(BlocksOf(tiles), blocks =>
        {
            long ofInputs = Points * Plane(TilesOfBlock, inputs), ofOutputs = Points * Plane(TilesOfBlock, Slice);
            using var scratch = new Scratch(ofInputs + ofOutputs + WinogradInputs.Small);
            float* transformed = scratch.Start, products = transformed + ofInputs, small = products + ofOutputs;
            while (blocks.Take(out int block))
            {
                int first = block * TilesOfBlock, count = Math.Min(TilesOfBlock, tiles - first);
                TransformInputs(grid, first, count, transformed, Plane(TilesOfBlock, inputs), small);
                for (int channel = 0; channel < outputs; channel += Slice)
                {
                    for (int point = 0; point < Points; point++)
                    {
                        Multiply(point, channel, Slice, transformed, products, count, TilesOfBlock);
                    }

                    TransformOutputs(products, channel, Slice, Plane(TilesOfBlock, Slice), small, grid, first, count, epilogue);
                }
            }
        });
    }

    private static int BlocksOf(int tiles) => (tiles + TilesOfBlock - 1) / TilesOfBlock;

    // Wide layers: all threads transform the inputs of many tiles, then multiply point by point, then transform the outputs. So each
    // point's matrix is read once for all these tiles, and by one thread.
    private void RunPhases<TEpilogue>(WinogradGrid grid, int tiles, TEpilogue epilogue)
        where TEpilogue : struct, IEpilogue
    {
        int most = Math.Max(1, ValuesOfPhase / (Points * (inputs + outputs) * TilesOfBlock)) * TilesOfBlock;
        int parts = (tiles + most - 1) / most, step = MatrixProduct.RoundedUp((tiles + parts - 1) / parts);
        long planeIn = Plane(step, inputs), planeOut = Plane(step, outputs);
        using var scratch = new Scratch(Points * (planeIn + planeOut));
        float* transformed = scratch.Start, products = transformed + (Points * planeIn);
        for (int begin = 0; begin < tiles; begin += step)
        {
            int first = begin, all = Math.Min(step, tiles - first);
            OnBlocks(all, (done, count, small) =>
                TransformInputs(grid, first + done, count, transformed + ((long)done * inputs), planeIn, small));
            Blocks.Run(Points, points =>
            {
                while (points.Take(out int point))
                {
                    Multiply(point, channel: 0, outputs, transformed, products, all, step);
                }
            });
            OnBlocks(all, (done, count, small) => TransformOutputs(
                products + ((long)done * outputs), begin: 0, outputs, planeOut, small, grid, first + done, count, epilogue));
        }
    }

    private static void OnBlocks(int tiles, BlockWork work) => Blocks.Run(BlocksOf(tiles), blocks =>
    {
        using var scratch = new Scratch(WinogradInputs.Small);
        while (blocks.Take(out int block))
        {
            int done = block * TilesOfBlock;
            work(done, Math.Min(TilesOfBlock, tiles - done), scratch.Start);
        }
    });

    // Multiplies for some output channels.
    private void Multiply(int point, int channel, int channels, float* transformed, float* products, int tiles, int places)
    {
        fixed (float* matrices = weights)
        {
            MatrixProduct.Multiply(
                transformed + (point * Plane(places, inputs)),
                matrices + ((((long)point * outputs) + channel) * inputs),
                products + (point * Plane(places, channels)),
                MatrixProduct.RoundedUp(tiles), inputs, channels);
        }
    }

    private void TransformInputs(WinogradGrid grid, int first, int count, float* transformed, long plane, float* small)
    {
        WinogradInputs.Transform(grid, first, count, inputs, new WinogradPlanes(transformed, plane, inputs, 1), small);
        for (int point = 0; point < Points; point++)
        {
            float* rest = transformed + (point * plane) + ((long)count * inputs);
            new Span<float>(rest, (MatrixProduct.RoundedUp(count) - count) * inputs).Clear();
        }
    }

    // Transforms the products of some output channels.
    [MethodImpl(MatrixProduct.Kernel)]
    private void TransformOutputs<TEpilogue>(
        float* products, int begin, int channels, long plane, float* small, WinogradGrid grid, int first, int count, TEpilogue epilogue)
        where TEpilogue : struct, IEpilogue
    {
        WinogradPlace place = grid.PlaceOf(first);
        for (int i = 0; i < count; i++)
        {
            int row = Outputs * place.Down, column = Outputs * place.Right, left = grid.Columns - column;
            int rows = Math.Min(Outputs, grid.Rows - row);
            for (int channel = begin; channel < begin + channels; channel += Lane, products += Lane)
            {
                for (int x = 0; x < Side; x++)
                {
                    (Lanes a, Lanes b, Lanes c, Lanes d) = WinogradTransforms.Output(products + (x * plane), Side * plane);
                    a.Store(small + (x * Lane));
                    b.Store(small + ((Side + x) * Lane));
                    c.Store(small + (((2 * Side) + x) * Lane));
                    d.Store(small + (((3 * Side) + x) * Lane));
                }

                for (int y = 0; y < rows; y++)
                {
                    long offset = (grid.PositionOf(place.Image, row + y, column) * outputs) + channel;
                    (Lanes a, Lanes b, Lanes c, Lanes d) = WinogradTransforms.Output(small + (y * Side * Lane), Lane);
                    epilogue.Store(a, offset, row + y, column, channel);
                    if (left > 1)
                    {
                        epilogue.Store(b, offset + outputs, row + y, column + 1, channel);
                    }

                    if (left > 2)
                    {
                        epilogue.Store(c, offset + (2 * outputs), row + y, column + 2, channel);
                    }

                    if (left > 3)
                    {
                        epilogue.Store(d, offset + (3 * outputs), row + y, column + 3, channel);
                    }
                }
            }

            grid.Advance(ref place);
        }
    }

    // Works on some tiles of a phase.
    private delegate void BlockWork(int first, int count, float* small);
}
