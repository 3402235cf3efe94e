using Mdf.Guards;
using static TorchSharp.torch;

namespace Mdf.Training.Restoration;

/// <summary>Evaluates a user's loss and checks its value.</summary>
internal static class LossValue
{
    /// <summary>Returns the loss; throws an exception if the loss returns more than one value.</summary>
    public static Tensor Of(nn.Module<Tensor, Tensor, Tensor> loss, Tensor restored, Tensor reference)
    {
        Tensor value = loss.call(restored, reference);
        return value.numel() == 1
            ? value
            : throw new ArgumentException(
                $"loss gave values of shape {ShapeText.Of(value)}; "
                + "expected one value for a batch: a loss whose reduction is Mean or Sum.",
                nameof(loss));
    }
}
