using static TorchSharp.torch;

namespace Mdf.Degradations;

/// <summary>Returns an unchanged copy of the images.</summary>
public sealed class NoDegradation : Degradation
{
    /// <inheritdoc/>
    public override string Description => "none";

    /// <inheritdoc/>
    protected override Tensor Degrade(Tensor images, Random random) => images.clone();
}
