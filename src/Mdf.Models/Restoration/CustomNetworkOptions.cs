namespace Mdf.Models.Restoration;

/// <summary>Describes a module to <see cref="CustomNetwork"/>. Setting an invalid value throws.</summary>
public sealed record CustomNetworkOptions : RestorationOptions
{
    /// <summary>
    /// Name of the network in its checkpoints. Weights load only into a network of the name they were saved with. Default: null, for the
    /// full name of the module's class.
    /// </summary>
    /// <exception cref="ArgumentException">The value is empty.</exception>
    public string? Name
    {
        get;
        init => field = value is not ""
            ? value
            : throw new ArgumentException("Expected a name, or null for the name of the class; got an empty text.", nameof(Name));
    }

    /// <summary>Number of image channels that the module takes and gives, 1 to 1024. Default: 3.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of its range.</exception>
    public int Channels
    {
        get;
        init => field = Require(value, 1, 1024, nameof(Channels));
    } = 3;

    /// <summary>Factor by which the module enlarges both sides of images, 1 to 64. Default: 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of its range.</exception>
    public int Scale
    {
        get;
        init => field = Require(value, 1, 64, nameof(Scale));
    } = 1;

    /// <summary>
    /// Number of rows or columns of the input, at least 0, beyond which no pixel depends on another. Tiles overlap by it
    /// (<see cref="TiledInference"/>). For a chain of 3 x 3 convolutions it is their number. Default: null, for a module that sees the
    /// whole image, as with global pooling or attention; its images are restored whole.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 0.</exception>
    public int? ReceptiveRadius
    {
        get;
        init => field = value is { } radius ? Require(radius, 0, int.MaxValue, nameof(ReceptiveRadius)) : null;
    }

    /// <summary>
    /// Smallest height and width that the module takes, in pixels, 1 to 65536. Smaller images are padded by reflection, and the result is
    /// cut off. Default: 1.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of its range.</exception>
    public int MinimumSide
    {
        get;
        init => field = Require(value, 1, 65536, nameof(MinimumSide));
    } = 1;

    /// <summary>
    /// Number that height and width must be a multiple of, 1 to 4096, such as 8 after three convolutions of stride 2. Other images are
    /// padded by reflection at the bottom and right, and the result is cut off. Default: 1.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of its range.</exception>
    public int SideMultiple
    {
        get;
        init => field = Require(value, 1, 4096, nameof(SideMultiple));
    } = 1;

    /// <summary>Returns 0: only the module knows its parameters.</summary>
    public override long ParameterCount => 0;

    /// <summary>Always throws: only your code can create the module.</summary>
    /// <param name="seed">Without effect.</param>
    /// <returns>Nothing.</returns>
    /// <exception cref="NotSupportedException">Always.</exception>
    public override RestorationNetwork Create(long seed = 0) => throw new NotSupportedException(
        $"'{Name}' is not a network of this library; create the module and pass it to {nameof(CustomNetwork)}.");
}
