namespace Reproduce;

/// <summary>What networks to train, and where to keep what they gave.</summary>
internal sealed record FeatureSettings(IReadOnlyList<string> Weights, int Steps, int Quality, int Seed, string Output);
