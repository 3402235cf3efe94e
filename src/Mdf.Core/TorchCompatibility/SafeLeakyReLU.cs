using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Mdf.TorchCompatibility;

/// <summary>LeakyReLU whose slope stays alive while libtorch reads it (<see cref="ScalarArithmetic"/>).</summary>
internal sealed class SafeLeakyReLU(double slope, bool inplace = false) : Module<Tensor, Tensor>(nameof(SafeLeakyReLU))
{
    public override Tensor forward(Tensor input) => inplace ? input.LeakyRelu(slope).alias() : input.WithLeakyRelu(slope);
}
