using static TorchSharp.torch;

namespace Mdf.Training.Discriminators;

/// <summary>A natural image to train discriminators on.</summary>
/// <param name="Name">The image's name in the metadata of checkpoints, such as its file name.</param>
/// <param name="Pixels">
/// (1, C, H, W), floating point, values in [0, 1]; C is 3 (RGB), 1 (grey) or
/// another number, the same for all seed images. The caller keeps ownership of the tensor.
/// </param>
public sealed record SeedImage(string Name, Tensor Pixels);
