using Mdf.Losses;
using Mdf.TorchCompatibility;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Mdf.Training.Restoration;

/// <summary>Limits the norm of a gradient. Unlike <c>clip_grad_norm_</c>, clipping does not synchronise with the device.</summary>
internal static class GradientClipping
{
    // PyTorch's value; avoids division by zero for a zero gradient.
    private const double Epsilon = 1e-6;

    /// <summary>Limits the gradients' elements and norm as the options say.</summary>
    public static void Clip(IReadOnlyList<Parameter> parameters, RestorationTrainingOptions options)
    {
        if (options.GradientClipValue is { } value)
        {
            foreach (Parameter parameter in parameters)
            {
                parameter.grad?.Clamp(-value, value);
            }
        }

        if (options.GradientClipNorm is { } norm)
        {
            Clip(parameters, norm);
        }
    }

    /// <summary>Scales all gradients down so that their joint Euclidean norm is at most <paramref name="largest"/>.</summary>
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
