namespace Mdf.Losses;

/// <summary>The feature maps of each discriminator that the MDF loss compares.</summary>
[Flags]
public enum MdfLayers
{
    /// <summary>No feature map; not a valid setting.</summary>
    None = 0,

    /// <summary>The output of the head, the first convolution block.</summary>
    Head = 1,

    /// <summary>The output of the last body block.</summary>
    Body = 2,

    /// <summary>The output of the tail: the map of discriminator scores.</summary>
    Tail = 4,

    /// <summary>All three feature maps, as published.</summary>
    All = Head | Body | Tail,
}
