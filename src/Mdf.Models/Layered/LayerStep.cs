using static TorchSharp.torch;

namespace Mdf.Models.Layered;

/// <summary>A step of a <see cref="LayerGraph"/>. Values are numbered: 0 is the image, and step i computes value i + 1.</summary>
/// <param name="Input">Number of the value that the step reads.</param>
internal abstract record LayerStep(int Input);

/// <summary>A convolution with stride 1 and zero padding.</summary>
/// <param name="Input">Number of the value that the step reads.</param>
/// <param name="Weight">(outputs, inputs, kernel, kernel), which the network owns.</param>
/// <param name="Bias">(outputs), which the network owns; null for none.</param>
/// <param name="Padding">Number of zero rows and columns on each side.</param>
internal sealed record ConvolutionStep(int Input, Tensor Weight, Tensor? Bias, int Padding) : LayerStep(Input);

/// <summary>A batch normalisation with running statistics.</summary>
/// <param name="Input">Number of the value that the step reads.</param>
/// <param name="Weight">(channels), which the network owns.</param>
/// <param name="Bias">(channels), which the network owns.</param>
/// <param name="Mean">Running mean, (channels), which the network owns.</param>
/// <param name="Variance">Running variance, (channels), which the network owns.</param>
/// <param name="Epsilon">Number added to the variance.</param>
internal sealed record NormalizationStep(int Input, Tensor Weight, Tensor Bias, Tensor Mean, Tensor Variance, double Epsilon)
    : LayerStep(Input);

/// <summary>ReLU or LeakyReLU.</summary>
/// <param name="Input">Number of the value that the step reads.</param>
/// <param name="NegativeSlope">Factor of negative values; 0 for ReLU.</param>
internal sealed record ActivationStep(int Input, double NegativeSlope) : LayerStep(Input);

/// <summary>PReLU with one learned slope.</summary>
/// <param name="Input">Number of the value that the step reads.</param>
/// <param name="Slope">(1), which the network owns.</param>
internal sealed record ParametricActivationStep(int Input, Tensor Slope) : LayerStep(Input);

/// <summary>A multiple of one value plus another.</summary>
/// <param name="Input">Number of the value that is multiplied.</param>
/// <param name="Other">Number of the value that is added.</param>
/// <param name="Factor">Factor of the first value.</param>
internal sealed record SumStep(int Input, int Other, double Factor) : LayerStep(Input);

/// <summary>A multiple of a value.</summary>
/// <param name="Input">Number of the value that the step reads.</param>
/// <param name="Factor">The factor.</param>
internal sealed record ScalingStep(int Input, double Factor) : LayerStep(Input);

/// <summary>A pixel shuffle: (N, C * factor², H, W) becomes (N, C, H * factor, W * factor).</summary>
/// <param name="Input">Number of the value that the step reads.</param>
/// <param name="Factor">Factor of the sides.</param>
internal sealed record ShuffleStep(int Input, int Factor) : LayerStep(Input);

/// <summary>Bilinear enlargement without aligned corners.</summary>
/// <param name="Input">Number of the value that the step reads.</param>
/// <param name="Factor">Factor of the sides.</param>
internal sealed record EnlargementStep(int Input, int Factor) : LayerStep(Input);
