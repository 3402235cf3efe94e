using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Mdf.Losses;
using Mdf.Models.Layered;
using Mdf.Models.Perceptual;
using Mdf.Models.Restoration;
using Mdf.Models.Simd;
using static TorchSharp.torch;

namespace Mdf.Benchmarks;

/// <summary>
/// Compares the time of networks with the time that their products alone would take at the rate of the registers, on one thread: the floor
/// under any arrangement of these kernels.
/// </summary>
internal static class Floor
{
    public const string Command = "floor";

    private const int Rounds = 3, LossImages = 4, LossSide = 96;

    /// <summary>Prints a row for each network.</summary>
    /// <param name="image">Width and height of the image to restore.</param>
    public static void Run(string image)
    {
        int[] sides = [.. image.Split('x').Select(side => int.Parse(side, CultureInfo.InvariantCulture))];
        set_num_threads(1);
        Print($"registers, 256 bits: {Rate() / 1e9:0.0} GFLOP/s");
        Print("| Network | Product operations | Floor | Taken | Taken / floor |");
        foreach (string name in BenchmarkSettings.Networks)
        {
            using RestorationNetwork network = ModelZoo.Create(name);
            network.eval();
            using Tensor pixels = rand([1, network.Channels, sides[1], sides[0]], ScalarType.Float32, CPU, generator: new Generator(1));
            using var noGradient = no_grad();
            Row($"{name}, {image}", Operations(network.Describe().Folded(), sides[1], sides[0]), () => network.call(pixels).Dispose());
        }

        Losses("VggLoss", "relu4_3", n => new VggLoss(n));
        Losses("LpipsLoss, VGG-16", "relu5_3", n => new LpipsLoss(n));
    }

    // Two images forward and one back.
    private static void Losses(string name, string layer, Func<FeatureNetwork, FeatureLoss> create)
    {
        using var network = new Vgg16Features(layer);
        using FeatureLoss loss = create(network);
        using Tensor y = rand([LossImages, 3, LossSide, LossSide], ScalarType.Float32, CPU, generator: new Generator(1));
        using Tensor x = y.mul(0.9).requires_grad_(true);
        double operations = 3 * LossImages * Operations(network.Describe(), LossSide, LossSide);
        Row($"{name}, {LossImages}x{LossSide}x{LossSide}", operations, () =>
        {
            using var scope = NewDisposeScope();
            loss.call(x, y).backward();
        });
    }

    private static void Row(string name, double operations, Action run)
    {
        run();
        double[] times = [.. Enumerable.Range(0, Rounds).Select(_ => Seconds(run)).Order()];
        double floor = operations / Rate(), taken = times[Rounds / 2];
        Print($"| {name} | {operations / 1e9:0.0} G | {floor:0.000} s | {taken:0.000} s | {taken / floor:0.00} |");
    }

    // Those of Winograd's algorithm where its kernels compute a layer, those of the convolution elsewhere.
    private static double Operations(LayerGraph graph, int rows, int columns)
    {
        var sizes = new List<(int Rows, int Columns)> { (rows, columns) };
        double operations = 0;
        foreach (LayerStep step in graph.Steps)
        {
            (int height, int width) = sizes[step.Input];
            sizes.Add(step switch
            {
                PixelShuffleStep shuffle => (height * shuffle.Step, width * shuffle.Step),
                BilinearUpscaleStep enlarged => (height * enlarged.Scale, width * enlarged.Scale),
                MaxPoolStep => (height / 2, width / 2),
                _ => (height, width),
            });
            if (step is ConvolutionStep { Weight.shape: [var outputs, var inputs, var kernel, _] })
            {
                bool isWinograd = kernel == 3 && inputs % MatrixProduct.Lane == 0 && outputs % MatrixProduct.Columns == 0;
                double products = isWinograd ? 36.0 * ((height + 3) / 4) * ((width + 3) / 4) : (double)kernel * kernel * height * width;
                operations += 2 * products * inputs * outputs;
            }
        }

        return operations;
    }

    // Multiplications and additions a second, with nothing but registers.
    private static double Rate()
    {
        const int Loops = 2_000_000, OfLoop = 12 * 8 * 2;
        double least = Enumerable.Range(0, 10).Min(_ => Seconds(() => Multiply(Loops)));
        return (double)Loops * OfLoop / least;
    }

    // Twelve independent sums, as in the kernel for 256 bits.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static float Multiply(int loops)
    {
        Vector256<float> x = Vector256.Create(0.999f), y = Vector256.Create(1e-3f);
        Vector256<float> a = x, b = x, c = x, d = x, e = x, f = x, g = x, h = x, i = x, j = x, k = x, l = x;
        for (int loop = 0; loop < loops; loop++)
        {
            a = Vector256.FusedMultiplyAdd(a, x, y);
            b = Vector256.FusedMultiplyAdd(b, x, y);
            c = Vector256.FusedMultiplyAdd(c, x, y);
            d = Vector256.FusedMultiplyAdd(d, x, y);
            e = Vector256.FusedMultiplyAdd(e, x, y);
            f = Vector256.FusedMultiplyAdd(f, x, y);
            g = Vector256.FusedMultiplyAdd(g, x, y);
            h = Vector256.FusedMultiplyAdd(h, x, y);
            i = Vector256.FusedMultiplyAdd(i, x, y);
            j = Vector256.FusedMultiplyAdd(j, x, y);
            k = Vector256.FusedMultiplyAdd(k, x, y);
            l = Vector256.FusedMultiplyAdd(l, x, y);
        }

        return Vector256.Sum(a + b + c + d + e + f + g + h + i + j + k + l);
    }

    private static double Seconds(Action run)
    {
        long start = Stopwatch.GetTimestamp();
        run();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));

    private static void Print(string line) => Console.WriteLine(line);
}
