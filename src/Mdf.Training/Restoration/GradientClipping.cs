using Mdf.Losses;
using Mdf.TorchCompatibility;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Mdf.Training.Restoration;

/// <summary>Limits the length of a gradient. Unlike <c>clip_grad_norm_</c> it does not wait for the device.</summary>
internal static class GradientClipping
{
    // As in PyTorch: a gradient of zero is not divided by.
    private const double Epsilon = 1e-6;

    /// <summary>Scales all gradients down so that their common Euclidean norm is at most this.</summary>
    public static void Clip(IEnumerable<Parameter> parameters, double largest)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        Tensor[] gradients = [.. parameters.Select(p => p.grad).OfType<Tensor>()];
        Tensor factor = stack(gradients.Select(g => g.norm())).norm().Plus(Epsilon).reciprocal().Times(largest).AtMost(1);
        foreach (Tensor gradient in gradients)
        {
            gradient.mul_(factor);
        }
    }
}
