using System.Diagnostics;
using System.Globalization;
using System.Runtime.Intrinsics.X86;

namespace Mdf.Models.Simd;

/// <summary>
/// The width of the vectors that matrix products use. .NET does not use 512 bits by itself on older Intel processors, although products are
/// faster with them there, so the first use in a process measures both. The results are the same to the last bit.
/// </summary>
/// <param name="Bits">256 or 512.</param>
/// <param name="Reason">Why; follows "because".</param>
internal sealed record KernelChoice(int Bits, string Reason)
{
    /// <summary>Environment variable that sets the width: 256, 512, or auto.</summary>
    public const string Variable = "MDF_VECTOR_BITS";

    /// <summary>Runtime setting that sets the width, where the environment variable does not.</summary>
    public const string Setting = "Mdf.VectorBits";

    // A product that stays in the first-level cache, as those of a block of tiles do.
    private const int Rows = 24, Inner = 64, Columns = 64, Products = 100, Rounds = 8;

    private static readonly Lazy<KernelChoice> Chosen = new(() => Choose(
        Environment.GetEnvironmentVariable(Variable) ?? Convert.ToString(AppContext.GetData(Setting), CultureInfo.InvariantCulture),
        Avx512F.IsSupported,
        Measure));

    /// <summary>The choice of this process.</summary>
    public static KernelChoice Current => Chosen.Value;

    /// <summary>Chooses the width.</summary>
    /// <param name="asked">What the user asks for; null or empty for nothing.</param>
    /// <param name="has512">Whether the processor supports AVX-512.</param>
    /// <param name="measure">Returns the seconds that products take with 256 and with 512 bits.</param>
    /// <exception cref="InvalidOperationException">The user asks for something else.</exception>
    public static KernelChoice Choose(string? asked, bool has512, Func<(double With256, double With512)> measure)
    {
        switch (asked?.Trim().ToUpperInvariant())
        {
            case "256":
                return new KernelChoice(256, "the user asks for them");
            case "512":
                return has512
                    ? new KernelChoice(512, "the user asks for them")
                    : new KernelChoice(256, "the processor has no AVX-512, which the user asks for");
            case null or "" or "AUTO":
                break;
            default:
                throw new InvalidOperationException($"{Variable} or {Setting} is '{asked}'; expected 256, 512 or auto.");
        }

        if (!has512)
        {
            return new KernelChoice(256, "the processor has no AVX-512");
        }

        (double with256, double with512) = measure();
        string times = string.Create(
            CultureInfo.InvariantCulture, $"a product takes {with256 * 1e6:0.00} us with 256 bits and {with512 * 1e6:0.00} us with 512");
        return new KernelChoice(with512 < with256 ? 512 : 256, times);
    }

    // The least times count: whatever else runs only adds to them. Each width runs for a while, because the processor may change its
    // frequency.
    private static unsafe (double With256, double With512) Measure()
    {
        using var scratch = new Scratch((Rows * Inner) + (Inner * Columns) + (Rows * Columns));
        float* left = scratch.Start, right = left + (Rows * Inner), product = right + (Inner * Columns);
        new Span<float>(left, (Rows * Inner) + (Inner * Columns)).Fill(1);
        double[] least = [double.MaxValue, double.MaxValue];
        for (int round = 0; round < 2 * Rounds; round++)
        {
            bool is512 = round / 2 % 2 == 1;
            long start = Stopwatch.GetTimestamp();
            for (int i = 0; i < Products; i++)
            {
                MatrixProduct.Multiply(left, right, product, Rows, Inner, Columns, is512);
            }

            int which = is512 ? 1 : 0;
            least[which] = Math.Min(least[which], Stopwatch.GetElapsedTime(start).TotalSeconds / Products);
        }

        return (least[0], least[1]);
    }
}
