using static TorchSharp.torch;

namespace Mdf.Models.Layered;

/// <summary>
/// One step of a <see cref="LayerGraph"/>. Values are numbered: 0 is the batch of images, i + 1 is the result of step i. Tensors are the
/// network's own, or those made by <see cref="LayerGraph.Folded"/>.
/// </summary>
/// <param name="Input">Number of the value that the step takes.</param>
internal abstract record LayerStep(int Input)
{
    /// <summary>Numbers of all values that the step takes.</summary>
    public virtual IEnumerable<int> Inputs => [Input];

    /// <summary>Returns the step with other numbers of the values that it takes.</summary>
    public virtual LayerStep Renumbered(Func<int, int> number) => this with { Input = number(Input) };
}

/// <summary>Convolution with stride 1 and zero padding.</summary>
/// <param name="Input">Number of the value that the step takes.</param>
/// <param name="Weight">Weights, (out, in, kernel, kernel).</param>
/// <param name="Bias">One value per output channel; null for none.</param>
/// <param name="Padding">Rows and columns of zeros on each side.</param>
internal sealed record ConvolutionStep(int Input, Tensor Weight, Tensor? Bias, int Padding) : LayerStep(Input);

/// <summary>Batch normalisation in evaluation mode.</summary>
/// <param name="Input">Number of the value that the step takes.</param>
/// <param name="Weight">Factor of each channel.</param>
/// <param name="Bias">Offset of each channel.</param>
/// <param name="Mean">Running mean of each channel.</param>
/// <param name="Variance">Running variance of each channel.</param>
/// <param name="Epsilon">Number added to the variances.</param>
internal sealed record NormalizationStep(int Input, Tensor Weight, Tensor Bias, Tensor Mean, Tensor Variance, double Epsilon)
    : LayerStep(Input);

/// <summary>Max(x, 0).</summary>
/// <param name="Input">Number of the value that the step takes.</param>
internal sealed record ReluStep(int Input) : LayerStep(Input);

/// <summary>LeakyReLU.</summary>
/// <param name="Input">Number of the value that the step takes.</param>
/// <param name="Slope">Negative slope.</param>
internal sealed record LeakyReluStep(int Input, double Slope) : LayerStep(Input);

/// <summary>LeakyReLU with learned negative slopes.</summary>
/// <param name="Input">Number of the value that the step takes.</param>
/// <param name="Weight">One slope for all channels, or one a channel.</param>
internal sealed record PReluStep(int Input, Tensor Weight) : LayerStep(Input);

/// <summary>Input + Factor * Other.</summary>
/// <param name="Input">Number of the first value.</param>
/// <param name="Other">Number of the value that is multiplied.</param>
/// <param name="Factor">Factor of the second value.</param>
internal sealed record AddStep(int Input, int Other, double Factor = 1) : LayerStep(Input)
{
    public override IEnumerable<int> Inputs => [Input, Other];

    public override LayerStep Renumbered(Func<int, int> number) => new AddStep(number(Input), number(Other), Factor);
}

/// <summary>Factor * Input.</summary>
/// <param name="Input">Number of the value that the step takes.</param>
/// <param name="Factor">The factor.</param>
internal sealed record ScaleStep(int Input, double Factor) : LayerStep(Input);

/// <summary>
/// Pixel shuffle: channel c * Step^2 + i * Step + j becomes the pixels at rows i and columns j of each Step x Step square of channel c.
/// </summary>
/// <param name="Input">Number of the value that the step takes.</param>
/// <param name="Step">Factor by which height and width grow.</param>
internal sealed record PixelShuffleStep(int Input, int Step) : LayerStep(Input);

/// <summary>Max pooling of squares of 2 x 2 positions; an odd last row or column is left out.</summary>
/// <param name="Input">Number of the value that the step takes.</param>
internal sealed record MaxPoolStep(int Input) : LayerStep(Input);

/// <summary>Bilinear enlargement with half-pixel centres, clamped at the borders (PyTorch's <c>align_corners=False</c>).</summary>
/// <param name="Input">Number of the value that the step takes.</param>
/// <param name="Scale">Factor by which height and width grow.</param>
internal sealed record BilinearUpscaleStep(int Input, int Scale) : LayerStep(Input);
