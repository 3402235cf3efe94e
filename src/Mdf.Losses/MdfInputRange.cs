namespace Mdf.Losses;

/// <summary>The value range of the discriminators' input. The loss itself always takes images in [0, 1].</summary>
public enum MdfInputRange
{
    /// <summary>
    /// [0, 1]: the discriminators get the images unchanged. The authors' loss code does the same, although they trained on [-1, 1].
    /// </summary>
    ZeroToOne,

    /// <summary>[-1, 1], the range used in training: each value v is mapped to 2v - 1.</summary>
    MinusOneToOne,
}
