using static TorchSharp.torch;

namespace Mdf.Training.Restoration;

/// <summary>The value of a loss that anybody may have written.</summary>
internal static class LossValue
{
    /// <summary>The value, if it is one value.</summary>
    public static Tensor Of(nn.Module<Tensor, Tensor, Tensor> loss, Tensor restored, Tensor reference)
    {
        Tensor value = loss.call(restored, reference);
        return value.numel() == 1
            ? value
            : throw new ArgumentException(
                $"loss gave values of shape ({string.Join(", ", value.shape)}); expected one value for a batch: a loss whose reduction is Mean or Sum.", nameof(loss));
    }
}
