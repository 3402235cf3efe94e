using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace Mdf.Benchmarks;

/// <summary>
/// The floor under every implementation that computes these convolutions: forward for the restored and the reference image and back
/// once (by flipped convolutions, which are faster than transposed ones), for each discriminator and image (on a GPU, for all images at
/// once), on
/// data that is already in place and in the layout that runs fastest.
/// </summary>
internal static class Convolutions
{
    private static readonly int[] Widths = [32, 32, 32, 32, 64, 64, 64, 64];

    /// <summary>Creates the data and returns a function that computes the whole batch.</summary>
    public static Action Prepare(Size size, Device device, ScalarType precision)
    {
        int together = device.type == DeviceType.CPU ? 1 : size.Images;
        var layers = new List<(Tensor Input, Tensor Weight, Tensor Bias, Tensor Gradient, Tensor Flipped)>();
        Tensor Data(params long[] shape)
        {
            Tensor data = randn(shape).to(precision).to(device);
            return device.type == DeviceType.CPU ? data.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2) : data;
        }

        foreach (int width in Widths)
        {
            int[] channels = [3, width, width, width, width, 1];
            for (int i = 0; i < 5; i++)
            {
                int height = size.Height - (2 * i), across = size.Width - (2 * i);
                layers.Add((
                    Data(together, channels[i], height, across),
                    Data(channels[i + 1], channels[i], 3, 3),
                    randn(channels[i + 1]).to(precision).to(device),
                    Data(together, channels[i + 1], height - 2, across - 2),
                    Data(channels[i], channels[i + 1], 3, 3)));
            }
        }

        return () =>
        {
            using var noGradient = no_grad();
            for (int image = 0; image < size.Images; image += together)
            {
                foreach ((Tensor input, Tensor weight, Tensor bias, Tensor gradient, Tensor flipped) in layers)
                {
                    conv2d(input, weight, bias).Dispose();
                    conv2d(input, weight, bias).Dispose();
                    conv2d(gradient, flipped, padding: [2, 2]).Dispose();
                }
            }
        };
    }
}
