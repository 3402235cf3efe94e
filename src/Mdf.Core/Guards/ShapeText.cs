using static TorchSharp.torch;

namespace Mdf.Guards;

/// <summary>Formats shapes for messages.</summary>
internal static class ShapeText
{
    /// <summary>Formats a shape as "(1, 3, 96, 96)".</summary>
    public static string Of(long[] shape) => $"({string.Join(", ", shape)})";

    /// <summary>Formats a tensor's shape as "(1, 3, 96, 96)".</summary>
    public static string Of(Tensor tensor) => Of(tensor.shape);
}
