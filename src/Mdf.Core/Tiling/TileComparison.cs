using static TorchSharp.torch;

namespace Mdf.Tiling;

/// <summary>Describes the comparison of one tile of restored images with the tile of their references.</summary>
/// <param name="Tile">The tile.</param>
/// <param name="BatchShape">Shape of the whole batch, (N, C, H, W).</param>
/// <param name="Terms">Sums that the tile's distances are added to, (images of the tile, networks, layers), float64.</param>
/// <param name="WantsGradient">Whether the gradient with respect to the tile is computed.</param>
internal readonly record struct TileComparison(Tile Tile, long[] BatchShape, Tensor Terms, bool WantsGradient);
