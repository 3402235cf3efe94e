namespace Mdf.Losses;

/// <summary>From which end scales are taken when <see cref="MdfLossOptions.ScaleCount"/> asks for fewer than there are.</summary>
public enum MdfScaleOrder
{
    /// <summary>The coarsest scales first (the authors' <c>is_ascending=1</c>).</summary>
    CoarsestFirst,

    /// <summary>The finest scales first (the authors' <c>is_ascending=0</c>).</summary>
    FinestFirst,
}
