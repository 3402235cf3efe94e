using static TorchSharp.torch;

namespace Mdf.Training.Restoration;

/// <summary>A part of a batch whose gradient is computed at once.</summary>
/// <param name="Degraded">The part's degraded images.</param>
/// <param name="Reference">The part's reference images.</param>
/// <param name="Share">Share of the batch's images, in (0, 1].</param>
internal readonly record struct BatchPart(Tensor Degraded, Tensor Reference, double Share)
{
    /// <summary>Divides a batch into parts of about equal size.</summary>
    public static IEnumerable<BatchPart> Divide(Tensor degraded, Tensor reference, int parts)
    {
        long count = degraded.shape[0];
        for (int i = 0; i < parts; i++)
        {
            long begin = count * i / parts, length = (count * (i + 1) / parts) - begin;
            yield return parts == 1
                ? new BatchPart(degraded, reference, 1)
                : new BatchPart(degraded.narrow(0, begin, length), reference.narrow(0, begin, length), length / (double)count);
        }
    }
}
