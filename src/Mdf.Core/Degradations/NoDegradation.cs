using static TorchSharp.torch;

namespace Mdf.Degradations;

/// <summary>Leaves images as they are: the result is a copy.</summary>
public sealed class NoDegradation : Degradation
{
    /// <inheritdoc/>
    public override string Description => "none";

    /// <inheritdoc/>
    protected override Tensor Degrade(Tensor images, Random random) => images.clone();
}
