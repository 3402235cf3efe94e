using Mdf.Losses.Features;

namespace Mdf.Losses.Discriminators;

/// <summary>Extracts and compares feature maps of discriminators.</summary>
internal interface IDiscriminatorExtractor : IFeatureExtractor, IDisposable
{
    /// <summary>Largest number of channels that a map of all discriminators together has.</summary>
    long Channels { get; }
}
