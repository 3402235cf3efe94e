using static TorchSharp.torch;

namespace Mdf.Degradations;

/// <summary>Applies several degradations, each to the result of the previous one.</summary>
public sealed class CompositeDegradation : Degradation
{
    /// <summary>Creates a sequence of degradations.</summary>
    /// <param name="parts">Degradations in the order of application; at least one.</param>
    /// <exception cref="ArgumentException">There are no degradations, or one of them is null.</exception>
    public CompositeDegradation(params IEnumerable<Degradation> parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        Parts = [.. parts];
        if (Parts.Count == 0 || Parts.Contains(null))
        {
            throw new ArgumentException(
                Parts.Count == 0 ? "Expected at least one degradation, got none." : "One of the degradations is null.", nameof(parts));
        }
    }

    /// <summary>Degradations in the order of application.</summary>
    public IReadOnlyList<Degradation> Parts { get; }

    /// <inheritdoc/>
    public override string Description => string.Join(", then ", Parts.Select(part => part.Description));

    /// <inheritdoc/>
    protected override Tensor Degrade(Tensor images, Random random)
        => Parts.Aggregate(images, (current, part) => part.Apply(current, random));
}
