using System.IO.Hashing;
using System.Text;
using static TorchSharp.torch;

namespace Mdf.Testing;

/// <summary>
/// Weights that need no file: every parameter and buffer of a network is a function of its name and of the element's position alone, so
/// that another implementation, in any language, can have the same ones. The reference values of networks were computed with them.
/// </summary>
/// <remarks>
/// Element i (row by row) of the tensor whose name has the CRC-32 c is made of v = 2u - 1 with
/// u = ((2654435761 i + c) mod 2^32) / 2^32, in float64, rounded to float32 at the end.
/// </remarks>
public static class FormulaWeights
{
    private const uint Multiplier = 2654435761;
    private const double SlopeOfPReLU = 0.25;

    /// <summary>The float32 tensor of this name and shape, on the CPU.</summary>
    /// <param name="name">
    /// The name in the state dictionary; its end says what the tensor is (<c>weight</c>, <c>running_var</c>, ...).
    /// </param>
    /// <param name="shape">The shape; a weight of one element is that of a PReLU, any other of one dimension is a normalisation's.</param>
    public static Tensor Create(string name, params long[] shape)
    {
        (double offset, double scale) = Range(name, shape);
        var values = new float[shape.Aggregate(1L, (product, size) => product * size)];
        uint start = Crc32.HashToUInt32(Encoding.UTF8.GetBytes(name));
        for (long i = 0; i < values.Length; i++)
        {
            double unit = unchecked(((uint)i * Multiplier) + start) / 4294967296.0;
            values[i] = (float)(offset + (scale * ((2 * unit) - 1)));
        }

        return tensor(values, shape);
    }

    /// <summary>Gives every parameter and buffer of a network its formula weight.</summary>
    /// <param name="network">The network, whose state dictionary has the names to use.</param>
    /// <param name="isKept">The names whose tensors keep their values; null for none.</param>
    public static void Fill(nn.Module network, Predicate<string>? isKept = null)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        foreach ((string name, Tensor target) in network.state_dict())
        {
            if (isKept?.Invoke(name) != true)
            {
                target.copy_(Create(name, target.shape));
            }
        }
    }

    // The value in the middle of the range, and how far the range reaches to either side.
    private static (double Offset, double Scale) Range(string name, long[] shape) => name.Split('.')[^1] switch
    {
        "weight" when shape.Length > 1 => (0, Math.Sqrt(6.0 / shape.Skip(1).Aggregate(1L, (product, size) => product * size))),
        "weight" when shape is [1] => (SlopeOfPReLU, 0),
        "weight" => (1, 0.2),
        "bias" or "running_mean" => (0, 0.1),
        "running_var" => (1, 0.4),
        "num_batches_tracked" => (0, 0),
        string other =>
            throw new ArgumentException(
                $"There is no formula for '{other}' ({name}); expected weight, bias or a buffer of batch normalisation.", nameof(name)),
    };
}
