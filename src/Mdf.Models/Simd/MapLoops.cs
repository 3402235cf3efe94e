using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Lanes = System.Runtime.Intrinsics.Vector512<float>;

namespace Mdf.Models.Simd;

/// <summary>
/// Goes through maps position by position, in blocks that the threads share. Results do not depend on the number of threads: float32 sums
/// cover a block, and the blocks are added in order in float64.
/// </summary>
internal static unsafe class MapLoops
{
    private const int Lane = MatrixProduct.Lane;

    // Number of positions of a block, and of those whose sums stay in registers.
    private const int Block = 512, Few = 16;

    /// <summary>Runs an operation for all values of a map.</summary>
    /// <param name="positions">Number of positions.</param>
    /// <param name="channels">Number of channels, a multiple of 16.</param>
    /// <param name="operation">The operation.</param>
    public static void Run<T>(long positions, int channels, T operation)
        where T : struct, IMapOperation => Blocks.Run(BlocksOf(positions), blocks =>
    {
        while (blocks.Take(out int block))
        {
            RunBlock((long)block * Block, Math.Min(positions, (block + 1L) * Block), channels, operation);
        }
    });

    /// <summary>Sums three values over all positions.</summary>
    /// <param name="positions">Number of positions.</param>
    /// <param name="channels">Number of channels, a multiple of 16.</param>
    /// <param name="values">The values.</param>
    public static (double[] First, double[] Second, double[] Third) Sum<T>(long positions, int channels, T values)
        where T : struct, IMapSums
    {
        int count = BlocksOf(positions);
        using var scratch = new Scratch(3L * count * channels);
        float* sums = scratch.Start;
        Blocks.Run(count, blocks =>
        {
            while (blocks.Take(out int block))
            {
                float* to = sums + (3L * block * channels);
                SumBlock((long)block * Block, Math.Min(positions, (block + 1L) * Block), channels, to, values);
            }
        });
        double[][] total = [new double[channels], new double[channels], new double[channels]];
        for (int i = 0; i < 3 * count; i++, sums += channels)
        {
            double[] to = total[i % 3];
            for (int channel = 0; channel < channels; channel++)
            {
                to[channel] += sums[channel];
            }
        }

        return (total[0], total[1], total[2]);
    }

    /// <summary>Computes mean and variance of each channel.</summary>
    /// <param name="map">Start of the map, contiguous.</param>
    /// <param name="positions">Number of positions.</param>
    /// <param name="channels">Number of channels, a multiple of 16.</param>
    /// <remarks>
    /// Chan et al., "Updating Formulae and a Pairwise Algorithm for Computing Sample Variances", 1979: each block's squares are taken about
    /// its own mean, nearly; what is left of that mean corrects both.
    /// </remarks>
    public static (double[] Mean, double[] Variance) Moments(float* map, long positions, int channels)
    {
        int count = BlocksOf(positions);
        using var scratch = new Scratch(3L * count * channels);
        float* sums = scratch.Start;
        Blocks.Run(count, blocks =>
        {
            while (blocks.Take(out int block))
            {
                long first = (long)block * Block, size = Math.Min(positions - first, Block);
                MomentsOfBlock(map + (first * channels), size, channels, sums + (3L * block * channels));
            }
        });
        double[] mean = new double[channels], squares = new double[channels];
        for (int block = 0; block < count; block++, sums += 3 * channels)
        {
            double before = (double)block * Block, size = Math.Min(positions - before, Block), all = before + size;
            for (int channel = 0; channel < channels; channel++)
            {
                double left = sums[channels + channel] / size, difference = sums[channel] + left - mean[channel];
                mean[channel] += difference * size / all;
                squares[channel] += sums[(2 * channels) + channel] - (left * left * size) + (difference * difference * before * size / all);
            }
        }

        for (int channel = 0; channel < channels; channel++)
        {
            squares[channel] /= positions;
        }

        return (mean, squares);
    }

    private static int BlocksOf(long positions) => checked((int)((positions + Block - 1) / Block));

    [MethodImpl(MatrixProduct.Kernel)]
    private static void RunBlock<T>(long first, long end, int channels, T operation)
        where T : struct, IMapOperation
    {
        long offset = first * channels;
        for (long position = first; position < end; position++)
        {
            for (int channel = 0; channel < channels; channel += Lane, offset += Lane)
            {
                operation.Run(offset, channel);
            }
        }
    }

    [MethodImpl(MatrixProduct.Kernel)]
    private static void SumBlock<T>(long first, long end, int channels, float* sums, T values)
        where T : struct, IMapSums
    {
        new Span<float>(sums, 3 * channels).Clear();
        for (long few = first; few < end; few += Few)
        {
            long last = Math.Min(end, few + Few) * channels;
            for (int channel = 0; channel < channels; channel += Lane)
            {
                float* to = sums + channel;
                Lanes a = Vector512.Load(to), b = Vector512.Load(to + channels), c = Vector512.Load(to + (2 * channels));
                for (long offset = (few * channels) + channel; offset < last; offset += channels)
                {
                    (Lanes x, Lanes y, Lanes z) = values.At(offset, channel);
                    a += x;
                    b += y;
                    c += z;
                }

                a.Store(to);
                b.Store(to + channels);
                c.Store(to + (2 * channels));
            }
        }
    }

    // Stores nearly the mean, and the sums of differences from it and of their squares.
    [MethodImpl(MatrixProduct.Kernel)]
    private static void MomentsOfBlock(float* map, long size, int channels, float* moments)
    {
        float* differences = moments + channels, squares = differences + channels, end = map + (size * channels);
        new Span<float>(moments, 3 * channels).Clear();
        for (float* few = map; few < end; few += Few * channels)
        {
            float* last = few + (Few * channels) < end ? few + (Few * channels) : end;
            for (int channel = 0; channel < channels; channel += Lane)
            {
                Lanes sum = Vector512.Load(moments + channel);
                for (float* x = few + channel; x < last; x += channels)
                {
                    sum += Vector512.Load(x);
                }

                sum.Store(moments + channel);
            }
        }

        for (int channel = 0; channel < channels; channel += Lane)
        {
            (Vector512.Load(moments + channel) / Vector512.Create((float)size)).Store(moments + channel);
        }

        for (float* few = map; few < end; few += Few * channels)
        {
            float* last = few + (Few * channels) < end ? few + (Few * channels) : end;
            for (int channel = 0; channel < channels; channel += Lane)
            {
                Lanes mean = Vector512.Load(moments + channel);
                Lanes sum = Vector512.Load(differences + channel), ofSquares = Vector512.Load(squares + channel);
                for (float* x = few + channel; x < last; x += channels)
                {
                    Lanes difference = Vector512.Load(x) - mean;
                    sum += difference;
                    ofSquares = Vector512.FusedMultiplyAdd(difference, difference, ofSquares);
                }

                sum.Store(differences + channel);
                ofSquares.Store(squares + channel);
            }
        }
    }
}
