using Mdf.Models.Perceptual;
using Mdf.Testing;

namespace Mdf.Losses.Tests;

/// <summary>
/// Networks for recognition without files: their weights are those of the formula that the reference values were computed with.
/// </summary>
internal static class TestNetworks
{
    /// <summary>Gives a network the weights of the formula.</summary>
    public static FeatureNetwork Create(FeatureNetwork network)
    {
        FormulaWeights.Fill(network);
        return network;
    }
}
