using Mdf.Testing;
using static TorchSharp.torch;

namespace Mdf.Losses.Tests;

/// <summary>Comparisons of gradients with differences of values.</summary>
internal static class GradientAssert
{
    private const double Step = 1e-6;
    private const int Pixels = 8;

    // At usual length every other pixel.
    private static readonly int Stride = TestLength.Of(full: 1, usual: 2);

    /// <summary>
    /// Compares with central differences along some pixels. In float64 they agree to about 1e-8 of the largest gradient, except where a
    /// step crosses a kink of the function, which the median leaves out.
    /// </summary>
    public static void IsNumerical(Tensor at, Func<Tensor, Tensor> function)
    {
        Tensor point = at.detach().clone().requires_grad_(true);
        Tensor gradient = autograd.grad([function(point)], [point])[0];
        double scale = gradient.abs().max().item<double>();
        Assert.True(scale > 0);

        var errors = new List<double>();
        for (long pixel = 0; pixel < at.numel(); pixel += Math.Max(1, at.numel() / Pixels) * Stride)
        {
            using var pixelScope = NewDisposeScope();
            Tensor step = zeros_like(at).flatten();
            step[pixel] = Step;
            step = step.reshape(at.shape);
            double numerical = (function(at + step).item<double>() - function(at - step).item<double>()) / (2 * Step);
            errors.Add(Math.Abs(numerical - gradient.flatten()[pixel].item<double>()) / scale);
        }

        errors.Sort();
        Assert.InRange(errors[errors.Count / 2], 0, 1e-6);
        Assert.InRange(errors[^1], 0, 1e-2);
    }
}
