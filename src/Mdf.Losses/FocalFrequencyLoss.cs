using Mdf.Guards;
using Mdf.TorchCompatibility;
using TorchSharp;
using static TorchSharp.torch;

namespace Mdf.Losses;

/// <summary>
/// The focal frequency loss, <c>mean(w |F(x) - F(y)|^2)</c> over the frequencies of each image, with the orthonormal Fourier transform F.
/// The weight w is <c>|F(x) - F(y)|^a</c>, divided by its maximum over an image's channel: frequencies that are hard to match weigh most.
/// Images may have any number of channels.
/// </summary>
/// <remarks>
/// Jiang, Dai, Wu and Loy, "Focal frequency loss for image reconstruction and synthesis", 2021. The loss equals the authors' code with its
/// default settings. The weights are constants for the gradient, as there, so the gradient is not that of the loss's value. Each frequency
/// sees the whole image, so the loss is not computed in tiles, and memory grows with the images.
/// </remarks>
public sealed class FocalFrequencyLoss : ImageLoss
{
    private readonly double exponent;

    /// <summary>Creates the loss.</summary>
    /// <param name="options">Settings; null for the published settings.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public FocalFrequencyLoss(FocalFrequencyLossOptions? options = null)
        : base(options ??= new FocalFrequencyLossOptions())
    {
        Guard.InRange(options.Alpha, 0, FocalFrequencyLossOptions.LargestAlpha);
        exponent = options.Alpha;
    }

    private protected override Tensor PerImage(Tensor restored, Tensor reference)
    {
        // The transform is linear.
        Tensor spectrum = fft.fft2(Difference(restored, reference), norm: FFTNormType.Ortho);
        Tensor squares = spectrum.real.Squared().Plus(spectrum.imag.Squared());
        return (Weights(squares.detach()) * squares).mean([1, 2, 3]);
    }

    private Tensor Weights(Tensor squares)
    {
        Tensor largest = squares.amax([2, 3], keepdim: true);
        return (squares / where(largest.IsAtMost(0), ones_like(largest), largest)).ToThe(exponent / 2);
    }
}
