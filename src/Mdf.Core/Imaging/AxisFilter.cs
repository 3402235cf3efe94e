using static TorchSharp.torch;

namespace Mdf.Imaging;

/// <summary>
/// A linear filter along one axis of an image. Output sample i lies at input position <c>Start + Step i</c>; its value is the mean of the
/// input samples around that position, weighted by the kernel. Beyond its borders the input is mirrored, with the edge sample repeated.
/// </summary>
/// <param name="InputLength">Number of input samples.</param>
/// <param name="OutputLength">Number of output samples.</param>
/// <param name="Start">Position of the first output sample; the first input sample lies at 0.</param>
/// <param name="Step">Distance between two output samples, in input samples.</param>
/// <param name="Support">Distance from which the kernel is 0.</param>
/// <param name="Kernel">Maps a distance to a weight. The weights of each output sample are normalised to sum to 1.</param>
internal sealed record AxisFilter(int InputLength, int OutputLength, double Start, double Step, double Support, Func<double, double> Kernel)
{
    // A small block keeps its matrix narrow (few columns are non-zero), yet is large enough for an efficient matrix product.
    private const int BlockRows = 128;

    /// <summary>
    /// Filters the rows (dimension 3) or columns (dimension 2) of (N, C, H, W) images. The result belongs to the caller's dispose scope.
    /// </summary>
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

    /// <summary>Returns the index inside the image that an index beyond the borders is mirrored to.</summary>
    public static int Mirrored(int index, int length)
    {
        int inPeriod = ((index % (2 * length)) + (2 * length)) % (2 * length);
        return inPeriod < length ? inPeriod : (2 * length) - 1 - inPeriod;
    }

    /// <summary>Returns the rows of the filter matrix for some output samples, without the zero columns at both ends.</summary>
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
