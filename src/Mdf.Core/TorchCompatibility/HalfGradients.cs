using static TorchSharp.torch;

namespace Mdf.TorchCompatibility;

/// <summary>Tries whether libtorch's gradients of convolutions in 16 bits are right on a device.</summary>
/// <remarks>
/// On some CPUs with AVX-512, libtorch 2.10's gradients of bfloat16 convolutions are wrong; on some devices it has none of float16.
/// </remarks>
internal static class HalfGradients
{
    // Rounding alone gives up to 0.1 here; wrong gradients have nothing in common with the right ones.
    private const double Tolerance = 0.3;

    /// <summary>Returns the fault of convolutions in a type as a sentence; null if their gradients are right.</summary>
    /// <param name="type">bfloat16 or float16.</param>
    /// <param name="device">The device to try.</param>
    public static string? Fault(ScalarType type, Device device)
    {
        try
        {
            using var scope = NewDisposeScope();
            using var gradients = enable_grad();
            foreach ((int inputs, int outputs) in new[] { (3, 32), (32, 32), (32, 3) })
            {
                Tensor images = Numbers(device, 2, inputs, 17, 19), weights = Numbers(device, outputs, inputs, 3, 3).Times(0.2);
                (Tensor, Tensor) right = Gradients(images, weights, ScalarType.Float32), tried = Gradients(images, weights, type);
                if (!IsNear(right.Item1, tried.Item1) || !IsNear(right.Item2, tried.Item2))
                {
                    return $"libtorch computes wrong gradients of {type} convolutions.";
                }
            }

            return null;
        }
        catch (System.Runtime.InteropServices.ExternalException e)
        {
            return $"libtorch has no gradients of {type} convolutions ({e.Message.Split('\n')[0]}).";
        }
    }

    private static (Tensor Images, Tensor Weights) Gradients(Tensor images, Tensor weights, ScalarType type)
    {
        Tensor seen = images.detach().to(type).requires_grad_(true), kernel = weights.detach().to(type).requires_grad_(true);
        nn.functional.conv2d(seen, kernel, padding: [1, 1]).sin().sum().backward();
        return (seen.grad!, kernel.grad!);
    }

    private static bool IsNear(Tensor right, Tensor tried) =>
        (tried.to(ScalarType.Float32) - right).norm().item<float>() <= Tolerance * right.norm().item<float>();

    // Any numbers of unit size; random ones would disturb the global generator.
    private static Tensor Numbers(Device device, params long[] shape) =>
        ones(shape.Aggregate((x, y) => x * y), ScalarType.Float32, device).cumsum(0).Times(0.7).sin().reshape(shape);
}
