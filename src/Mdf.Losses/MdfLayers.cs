namespace Mdf.Losses;

/// <summary>The feature maps of each discriminator that the MDF loss compares.</summary>
[Flags]
public enum MdfLayers
{
    /// <summary>No map; not a legal choice.</summary>
    None = 0,

    /// <summary>The output of the head.</summary>
    Head = 1,

    /// <summary>The output of the whole body.</summary>
    Body = 2,

    /// <summary>The tail's map of scores.</summary>
    Tail = 4,

    /// <summary>All three, as published.</summary>
    All = Head | Body | Tail,
}
