using Mdf.Models.Restoration;

namespace Reproduce.Presets;

/// <summary>How the network of an application is trained.</summary>
/// <param name="Network">Its form.</param>
/// <param name="Steps">Steps of Adam.</param>
/// <param name="Batch">Crops a step.</param>
/// <param name="Patch">The side of the crops, of the reference image.</param>
/// <param name="LearningRate">Adam's.</param>
internal sealed record TrainingSettings(RestorationOptions Network, int Steps, int Batch, int Patch, double LearningRate);
