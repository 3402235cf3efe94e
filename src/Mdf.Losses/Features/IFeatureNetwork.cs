using Mdf.Models.Tiling;
using static TorchSharp.torch;

namespace Mdf.Losses.Features;

/// <summary>The frozen networks of a loss, one or more, which all see the same images and have the same number of maps.</summary>
internal interface IFeatureNetwork : IImageRequirements, IDisposable
{
    /// <summary>The maps that each network compares.</summary>
    int LayerCount { get; }

    /// <summary>The precision that images are looked at in.</summary>
    ScalarType Precision(Tensor images);

    /// <summary>The networks in a precision, on the loss's device, in their order.</summary>
    IReadOnlyList<IFeatureExtractor> On(ScalarType precision);

    /// <summary>Divides a batch into parts, of which as many as there are workers fit into the working memory.</summary>
    IEnumerable<Tile> Tiles(Tensor images, ScalarType precision);

    /// <summary>The threads that work on tiles at a time, each within its share of the working memory.</summary>
    int Workers(Tensor images);

    /// <summary>Moves to a device.</summary>
    void MoveTo(Device device);
}
