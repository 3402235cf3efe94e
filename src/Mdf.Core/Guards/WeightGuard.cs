using static TorchSharp.torch;

namespace Mdf.Guards;

/// <summary>Checks the tensors of networks.</summary>
internal static class WeightGuard
{
    /// <summary>Returns the name of the first floating-point tensor with a NaN or infinite value; null if there is none.</summary>
    public static string? FirstNotFinite(IEnumerable<KeyValuePair<string, Tensor>> tensors)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        return tensors.FirstOrDefault(t => t.Value.is_floating_point() && !t.Value.isfinite().all().item<bool>()).Key;
    }

    /// <summary>Throws if a tensor holds a NaN or infinite value.</summary>
    /// <exception cref="ArgumentException">A tensor is not finite; the message names it.</exception>
    public static void RequireFinite(IEnumerable<KeyValuePair<string, Tensor>> tensors, string argument)
    {
        if (FirstNotFinite(tensors) is { } name)
        {
            throw new ArgumentException($"The weights' '{name}' holds NaN or infinite values; expected finite ones.", argument);
        }
    }
}
