using System.Globalization;

namespace RestoreImages;

/// <summary>A term of a sum of losses.</summary>
/// <param name="Factor">Factor of the loss in the sum.</param>
/// <param name="Name">Name of the loss.</param>
/// <param name="Weights">File or name of the loss's weights; null for the default.</param>
internal sealed record LossTerm(double Factor, string Name, string? Weights)
{
    public override string ToString() =>
        (Factor == 1 ? "" : Factor.ToString("r", CultureInfo.InvariantCulture) + "*") + Name
        + (Weights is null ? "" : $", weights {Path.GetFileName(Weights)}");
}
