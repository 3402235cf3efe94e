using Mdf.Models.Restoration;

namespace Reproduce.Presets;

/// <summary>Settings of the training of an application's network.</summary>
/// <param name="Network">Architecture of the network.</param>
/// <param name="Steps">Number of steps.</param>
/// <param name="Batch">Number of crops per step.</param>
/// <param name="Patch">Side of the reference crops in pixels.</param>
/// <param name="LearningRate">Adam's initial learning rate.</param>
internal sealed record TrainingSettings(RestorationOptions Network, int Steps, int Batch, int Patch, double LearningRate);
