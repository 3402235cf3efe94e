using System.Text.Json.Serialization;

namespace Mdf.Models.Restoration;

/// <summary>The form of a restoration network: what <see cref="Create"/> makes one from, and what is saved with its weights.</summary>
[JsonDerivedType(typeof(EdsrOptions), "edsr")]
[JsonDerivedType(typeof(SrResNetOptions), "srresnet")]
[JsonDerivedType(typeof(MsrResNetOptions), "msrresnet")]
[JsonDerivedType(typeof(DnCnnOptions), "dncnn")]
public abstract record RestorationOptions
{
    // The networks are a closed set: a file names one of them.
    private protected RestorationOptions()
    {
    }

    /// <summary>The number of weights and biases of such a network, without the statistics of batch normalisation.</summary>
    public abstract long ParameterCount { get; }

    /// <summary>Makes such a network, initialised as published, on the CPU, in training mode.</summary>
    /// <param name="seed">The same seed gives the same weights.</param>
    /// <returns>The network; the caller disposes it.</returns>
    public abstract RestorationNetwork Create(long seed = 0);

    /// <summary>The value, if it is in range.</summary>
    private protected static int Require(int value, int lowest, int highest, string name) => value >= lowest && value <= highest
        ? value
        : throw new ArgumentOutOfRangeException(name, $"Expected {lowest} to {highest}, got {value}.");
}
