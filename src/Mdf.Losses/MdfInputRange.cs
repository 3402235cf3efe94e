namespace Mdf.Losses;

/// <summary>The range in which the discriminators see images. The images given to the loss are in [0, 1] either way.</summary>
public enum MdfInputRange
{
    /// <summary>[0, 1], the values as they are given: what the authors' code does, though they trained on [-1, 1].</summary>
    ZeroToOne,

    /// <summary>[-1, 1], as in training: each value v becomes 2v - 1.</summary>
    MinusOneToOne,
}
