namespace Mdf.Training.Discriminators;

/// <summary>What the last steps of an iteration gave.</summary>
internal readonly record struct ScaleLosses(double RealScore, double FakeScore, double GradientPenalty, double ReconstructionError)
{
    // Scores of a training that goes well stay within tens.
    private const double Bound = 1e6;

    /// <summary>What is wrong with them, or null.</summary>
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
