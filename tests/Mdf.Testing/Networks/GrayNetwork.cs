using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Mdf.Testing.Networks;

/// <summary>
/// A network for grey images as a user would write it, with a dilated convolution, a buffer and a weight that is not trained.
/// </summary>
public sealed class GrayNetwork : Module<Tensor, Tensor>
{
    /// <summary>Rows beyond which no pixel depends on another: 2 + 2 * 1 + 1.</summary>
    public const int Radius = 5;

    private readonly Conv2d first = Conv2d(1, 8, 5, padding: 2);
    private readonly Conv2d dilated = Conv2d(8, 8, 3, padding: 2, dilation: 2);
    private readonly Conv2d last = Conv2d(8, 1, 3, padding: 1);
    private readonly Tensor mean;

    /// <summary>Creates the network with formula weights.</summary>
    public GrayNetwork()
        : base(nameof(GrayNetwork))
    {
        mean = tensor(0.5f);
        register_buffer(nameof(mean), mean);
        RegisterComponents();
        FormulaWeights.Fill(this, name => name == nameof(mean));
        first.bias!.requires_grad = false;
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        Tensor maps = functional.leaky_relu(first.call(input - mean), 0.1);
        return input - (0.1 * last.call(functional.leaky_relu(dilated.call(maps), 0.1)));
    }
}
