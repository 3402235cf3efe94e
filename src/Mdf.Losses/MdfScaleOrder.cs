namespace Mdf.Losses;

/// <summary>The order in which <see cref="MdfLossOptions.ScaleCount"/> scales are taken from the weights.</summary>
public enum MdfScaleOrder
{
    /// <summary>From the coarsest scale to finer ones (the authors' <c>is_ascending=1</c>).</summary>
    CoarsestFirst,

    /// <summary>From the finest scale to coarser ones (the authors' <c>is_ascending=0</c>).</summary>
    FinestFirst,
}
