using static TorchSharp.torch;

namespace Mdf.Degradations;

/// <summary>Several degradations, each on the result of the one before it.</summary>
public sealed class CompositeDegradation : Degradation
{
    /// <summary>Puts degradations together.</summary>
    /// <param name="parts">The first to be applied comes first; at least one.</param>
    /// <exception cref="ArgumentException">There is none, or one of them is null.</exception>
    public CompositeDegradation(params IEnumerable<Degradation> parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        Parts = [.. parts];
        if (Parts.Count == 0 || Parts.Contains(null))
        {
            throw new ArgumentException(
                Parts.Count == 0 ? "At least one degradation is needed, got none." : "One of the degradations is null.", nameof(parts));
        }
    }

    /// <summary>The degradations, the first to be applied first.</summary>
    public IReadOnlyList<Degradation> Parts { get; }

    /// <inheritdoc/>
    public override string Description => string.Join(", then ", Parts.Select(part => part.Description));

    /// <inheritdoc/>
    protected override Tensor Degrade(Tensor images, Random random)
        => Parts.Aggregate(images, (current, part) => part.Apply(current, random));
}
