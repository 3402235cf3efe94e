using Mdf.Guards;
using Mdf.Tiling;
using static TorchSharp.torch;

namespace Mdf.Losses.Features;

/// <summary>One or more frozen networks of a loss, which all take the same images and compare the same number of feature maps.</summary>
internal interface IFeatureNetwork : IImageRequirements, IDisposable
{
    /// <summary>Number of feature maps that each network compares.</summary>
    int LayerCount { get; }

    /// <summary>Returns the precision in which the networks process the images.</summary>
    ScalarType Precision(Tensor images);

    /// <summary>Returns the networks in a precision on the loss's device, in order.</summary>
    IReadOnlyList<IFeatureExtractor> On(ScalarType precision);

    /// <summary>Divides a batch into tiles so small that one tile per worker fits into the working memory.</summary>
    IEnumerable<Tile> Tiles(Tensor images, ScalarType precision);

    /// <summary>Returns the number of threads that process tiles in parallel, each in an equal share of the working memory.</summary>
    int Workers(Tensor images);

    /// <summary>Moves the networks to a device.</summary>
    void MoveTo(Device device);
}
