using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Mdf.Testing.Networks;

/// <summary>
/// A small U-Net as a user would write it: two strided convolutions, batch normalisation, transposed convolutions and skips.
/// </summary>
public sealed class UNet : Module<Tensor, Tensor>
{
    /// <summary>Number of pixels that height and width must be a multiple of.</summary>
    public const int Multiple = 4;

    /// <summary>
    /// Rows beyond which no pixel depends on another: three convolutions of the full size, two and a transposed one of half the size (2
    /// rows each), and two of a quarter (4 rows each).
    /// </summary>
    public const int Radius = 20;

    private readonly Sequential top = Block(3, 8, 1);
    private readonly Sequential half = Block(8, 12, 2);
    private readonly Sequential quarter = Block(12, 16, 2);
    private readonly ConvTranspose2d toHalf = ConvTranspose2d(16, 12, 2, stride: 2);
    private readonly Sequential halfAgain = Block(24, 12, 1);
    private readonly ConvTranspose2d toTop = ConvTranspose2d(12, 8, 2, stride: 2);
    private readonly Sequential topAgain = Block(16, 8, 1);
    private readonly Conv2d last = Conv2d(8, 3, 3, padding: 1);

    /// <summary>Creates the network with formula weights.</summary>
    public UNet()
        : base(nameof(UNet))
    {
        RegisterComponents();
        FormulaWeights.Fill(this);
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        Tensor one = top.call(input), two = half.call(one);
        Tensor up = halfAgain.call(cat([toHalf.call(quarter.call(two)), two], 1));
        return input - (0.1 * last.call(topAgain.call(cat([toTop.call(up), one], 1))));
    }

    private static Sequential Block(int from, int to, int stride) =>
        Sequential(Conv2d(from, to, 3, stride: stride, padding: 1), BatchNorm2d(to), ReLU());
}
