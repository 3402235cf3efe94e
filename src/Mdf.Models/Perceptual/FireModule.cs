using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Mdf.Models.Perceptual;

/// <summary>
/// SqueezeNet's fire module: a 1 x 1 convolution to few channels, then parallel 1 x 1 and 3 x 3 convolutions, each followed by ReLU.
/// </summary>
internal sealed class FireModule : Module<Tensor, Tensor>
{
    private readonly FeatureConvolution squeeze;
    private readonly FeatureConvolution expand1x1;
    private readonly FeatureConvolution expand3x3;

    public FireModule(long inputs, long squeezed, long expanded)
        : base(nameof(FireModule))
    {
        squeeze = new FeatureConvolution(inputs, squeezed, 1);
        expand1x1 = new FeatureConvolution(squeezed, expanded, 1);
        expand3x3 = new FeatureConvolution(squeezed, expanded, 3, padding: 1);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        Tensor squeezed = functional.relu(squeeze.call(input), inplace: true);
        Tensor narrow = functional.relu(expand1x1.call(squeezed), inplace: true);
        Tensor wide = functional.relu(expand3x3.call(squeezed), inplace: true);
        return cat([narrow, wide], dim: 1).MoveToOuterDisposeScope();
    }
}
