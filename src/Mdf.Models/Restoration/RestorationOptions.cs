using System.Text.Json.Serialization;

namespace Mdf.Models.Restoration;

/// <summary>
/// Base class of the architectures of restoration networks. <see cref="Create"/> makes a network from the options, which are also saved
/// with its weights.
/// </summary>
[JsonDerivedType(typeof(EdsrOptions), "edsr")]
[JsonDerivedType(typeof(SrResNetOptions), "srresnet")]
[JsonDerivedType(typeof(MsrResNetOptions), "msrresnet")]
[JsonDerivedType(typeof(DnCnnOptions), "dncnn")]
[JsonDerivedType(typeof(CustomNetworkOptions), "custom")]
public abstract record RestorationOptions
{
    // The set of networks is closed, because checkpoints identify the network by name.
    private protected RestorationOptions()
    {
    }

    /// <summary>Number of weights and biases of the network, without the running statistics of batch normalisation.</summary>
    public abstract long ParameterCount { get; }

    /// <summary>Creates a network with the published initialisation, on the CPU, in training mode.</summary>
    /// <param name="seed">Seeds all random choices; the same seed gives the same weights. Default: 0.</param>
    /// <returns>The network. The caller disposes it.</returns>
    public abstract RestorationNetwork Create(long seed = 0);

    /// <summary>Returns the value if it is in range; throws otherwise.</summary>
    private protected static int Require(int value, int lowest, int highest, string name) => value >= lowest && value <= highest
        ? value
        : throw new ArgumentOutOfRangeException(name, $"Expected {lowest} to {highest}, got {value}.");
}
