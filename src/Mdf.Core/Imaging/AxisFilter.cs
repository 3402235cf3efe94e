using static TorchSharp.torch;

namespace Mdf.Imaging;

/// <summary>
/// A linear filter along one side of an image: output sample i lies at <c>Start + Step i</c> of the input and is the mean of the input
/// samples around it, weighted by the kernel. Beyond the borders the input is mirrored with its edge sample repeated.
/// </summary>
/// <param name="InputLength">Input samples.</param>
/// <param name="OutputLength">Output samples.</param>
/// <param name="Start">Where the first output sample lies, the first input sample being at 0.</param>
/// <param name="Step">The distance of two output samples in input samples.</param>
/// <param name="Support">The distance from which on the kernel is 0.</param>
/// <param name="Kernel">The weight of a distance; the weights of an output sample are divided by their sum.</param>
internal sealed record AxisFilter(int InputLength, int OutputLength, double Start, double Step, double Support, Func<double, double> Kernel)
{
    // Few enough that the block of the matrix is narrow, enough for a matrix product.
    private const int BlockRows = 128;

    /// <summary>Filters every row (dimension 3) or column (dimension 2) of (N, C, H, W), in the caller's dispose scope.</summary>
    public Tensor Along(Tensor images, int dimension)
    {
        var parts = new List<Tensor>();
        for (int first = 0; first < OutputLength; first += BlockRows)
        {
            (Tensor weights, int begin, int length) = Block(first, Math.Min(BlockRows, OutputLength - first), images.dtype, images.device);
            Tensor part = images.narrow(dimension, begin, length);
            parts.Add(dimension == 2 ? weights.matmul(part) : part.matmul(weights.t()));
        }

        return parts.Count == 1 ? parts[0] : cat(parts, dimension);
    }

    /// <summary>The place of a sample once what lies beyond the borders is folded back.</summary>
    public static int Mirrored(int index, int length)
    {
        int inPeriod = ((index % (2 * length)) + (2 * length)) % (2 * length);
        return inPeriod < length ? inPeriod : (2 * length) - 1 - inPeriod;
    }

    /// <summary>The rows of the filter's matrix for some output samples, without the columns at both ends that are 0.</summary>
    private (Tensor Weights, int Begin, int Length) Block(int first, int rows, ScalarType type, Device device)
    {
        (int Index, double Weight)[][] samples = [.. Enumerable.Range(first, rows).Select(Samples)];
        int begin = samples.Min(row => row.Min(s => s.Index));
        int length = samples.Max(row => row.Max(s => s.Index)) - begin + 1;
        var matrix = new double[rows * length];
        for (int row = 0; row < rows; row++)
        {
            double sum = samples[row].Sum(s => s.Weight);
            foreach ((int index, double weight) in samples[row])
            {
                matrix[(row * length) + index - begin] += weight / sum;
            }
        }

        return (tensor(matrix, [rows, length], type, device), begin, length);
    }

    private (int Index, double Weight)[] Samples(int output)
    {
        double center = Start + (Step * output);
        int first = (int)Math.Ceiling(center - Support);
        int last = (int)Math.Floor(center + Support);
        return [.. Enumerable.Range(first, last - first + 1).Select(i => (Mirrored(i, InputLength), Kernel(center - i)))];
    }
}
