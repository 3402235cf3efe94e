namespace Mdf.Training.Discriminators;

/// <summary>Scores and losses of an iteration's last discriminator step and last generator step.</summary>
internal readonly record struct ScaleLosses(double RealScore, double FakeScore, double GradientPenalty, double ReconstructionError)
{
    // Divergence bound. Scores of a successful training stay below 100.
    private const double Bound = 1e6;

    /// <summary>Returns a description of the first value that is NaN or exceeds the divergence bound; null if there is none.</summary>
    public string? Trouble()
    {
        foreach ((string name, double value) in (ReadOnlySpan<(string, double)>)[
            ("score of the seed image", RealScore), ("score of the generated image", FakeScore),
            ("gradient penalty", GradientPenalty), ("reconstruction error", ReconstructionError)])
        {
            if (!(Math.Abs(value) <= Bound))
            {
                return FormattableString.Invariant($"the {name} is {value:g3}");
            }
        }

        return null;
    }
}
