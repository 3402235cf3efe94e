using System.Runtime.Intrinsics.X86;
using Mdf.Models.Simd;

namespace Mdf.Models.Tests.Simd;

/// <summary>Tests the choice between kernels for 256 and 512 bits by given times, and that both compute the same.</summary>
public sealed class KernelChoiceTests
{
    [Theory]
    [InlineData(2e-6, 1e-6, 512)]
    [InlineData(1e-6, 2e-6, 256)]
    [InlineData(1e-6, 1e-6, 256)]
    public void Choose_Measured_TakesTheFasterOne(double with256, double with512, int expected)
    {
        foreach (string? asked in (string?[])[null, "", "auto", " AUTO "])
        {
            var choice = KernelChoice.Choose(asked, has512: true, () => (with256, with512));
            Assert.Equal(expected, choice.Bits);
            Assert.Contains(" us with 512", choice.Reason, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("256", true, 256)]
    [InlineData("256", false, 256)]
    [InlineData("512", true, 512)]
    [InlineData("512", false, 256)]
    [InlineData(null, false, 256)]
    public void Choose_AskedForOrWithoutAvx512_DoesNotMeasure(string? asked, bool has512, int expected) => Assert.Equal(
        expected, KernelChoice.Choose(asked, has512, () => throw new InvalidOperationException("measured")).Bits);

    [Fact]
    public void Choose_SomethingElse_NamesIt() => Assert.Contains(
        "is 'fast'; expected 256, 512 or auto",
        Assert.Throws<InvalidOperationException>(() => KernelChoice.Choose("fast", has512: true, () => (1, 1))).Message,
        StringComparison.Ordinal);

    [Fact]
    public void Current_OfAProcess_StaysAndIsPossible()
    {
        Assert.Same(KernelChoice.Current, KernelChoice.Current);
        Assert.True(KernelChoice.Current.Bits == 256 || Avx512F.IsSupported);
    }

    // Without AVX-512 the kernel for 512 bits runs on two registers instead of one, with the same loops.
    [Theory]
    [InlineData(12, 16, 32)]
    [InlineData(24, 27, 64)]
    [InlineData(36, 512, 96)]
    public unsafe void Multiply_BothKernels_ComputeTheSameBits(int rows, int inner, int columns)
    {
        var random = new Random(1);
        float[] left = Numbers(rows * inner), right = Numbers(inner * columns);
        float[] one = new float[rows * columns], other = new float[one.Length];
        fixed (float* l = left, r = right, p = one, q = other)
        {
            MatrixProduct.Multiply(l, r, p, rows, inner, columns, is512: false);
            MatrixProduct.Multiply(l, r, q, rows, inner, columns, is512: true);
        }

        Assert.Equal(one, other);
        int lastRow = (rows - 1) * inner, lastPanel = (columns - MatrixProduct.Lane) * inner, lane = MatrixProduct.Lane;
        double expected = Enumerable.Range(0, inner).Sum(k => (double)left[lastRow + k] * right[lastPanel + (k * lane) + lane - 1]);
        Assert.Equal(expected, one[^1], 1e-4);

        float[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(_ => (float)random.NextDouble() - 0.5f)];
    }
}
