namespace Mdf.Training.Restoration;

/// <summary>Sizes of patches and batches from a step of a training on.</summary>
/// <param name="FromStep">Number of steps done before the first step of the stage, at least 1.</param>
/// <param name="PatchSize">Side of the reference patches in pixels, 8 to 4096, and a multiple of the network's scale.</param>
/// <param name="BatchSize">Number of patches per step, 1 to 4096.</param>
public sealed record RestorationTrainingStage(int FromStep, int PatchSize, int BatchSize);
