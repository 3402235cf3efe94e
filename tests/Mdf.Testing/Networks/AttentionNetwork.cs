using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Mdf.Testing.Networks;

/// <summary>
/// A network as a user would write it that weighs its channels by their means over the whole image, and drops some of them while it is
/// trained.
/// </summary>
public sealed class AttentionNetwork : Module<Tensor, Tensor>
{
    private readonly Conv2d first = Conv2d(3, 8, 3, padding: 1);
    private readonly Sequential attention = Sequential(AdaptiveAvgPool2d(1), Conv2d(8, 4, 1), ReLU(), Conv2d(4, 8, 1), Sigmoid());
    private readonly Dropout2d dropout = Dropout2d(0.2);
    private readonly Conv2d last = Conv2d(8, 3, 3, padding: 1);

    /// <summary>Creates the network with formula weights.</summary>
    public AttentionNetwork()
        : base(nameof(AttentionNetwork))
    {
        RegisterComponents();
        FormulaWeights.Fill(this);
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        Tensor maps = functional.relu(first.call(input));
        return input - (0.1 * last.call(dropout.call(maps * attention.call(maps))));
    }
}
