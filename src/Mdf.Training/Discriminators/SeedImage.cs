using static TorchSharp.torch;

namespace Mdf.Training.Discriminators;

/// <summary>A natural image that discriminators are trained on.</summary>
/// <param name="Name">What the checkpoint says it is, such as its file's name.</param>
/// <param name="Pixels">(1, C, H, W), floating point, values in [0, 1]; C is 3 (RGB) or 1 (grey). The caller keeps it.</param>
public sealed record SeedImage(string Name, Tensor Pixels);
