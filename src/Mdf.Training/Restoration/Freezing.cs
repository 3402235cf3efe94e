using TorchSharp.Modules;

namespace Mdf.Training.Restoration;

/// <summary>Keeps some weights of a network from being trained until it is disposed.</summary>
internal sealed class Freezing : IDisposable
{
    private readonly Parameter[] frozen;

    private Freezing(Parameter[] frozen) => this.frozen = frozen;

    /// <summary>Freezes weights by name.</summary>
    /// <param name="input">Names the network.</param>
    /// <param name="names">Names of weights, or their beginnings up to a dot.</param>
    /// <exception cref="ArgumentException">No weight has one of the names, or no weight is left to train.</exception>
    public static Freezing Of(RestorationTrainingInput input, IReadOnlyList<string> names)
    {
        (string Name, Parameter Weight)[] weights = [.. input.Network.Weights.named_parameters().Select(w => (w.name, w.parameter))];
        foreach (string name in names)
        {
            if (!weights.Any(w => Matches(w.Name, name)))
            {
                throw new ArgumentException(
                    $"{nameof(RestorationTrainingOptions.Frozen)} has '{name}', but no weight has this name or beginning; the weights are "
                    + $"{string.Join(", ", weights.Select(w => w.Name))}.",
                    nameof(input));
            }
        }

        var freezing = new Freezing(
            [.. weights.Where(w => w.Weight.requires_grad && names.Any(name => Matches(w.Name, name))).Select(w => w.Weight)]);
        foreach (Parameter weight in freezing.frozen)
        {
            weight.requires_grad = false;
        }

        if (weights.All(w => !w.Weight.requires_grad))
        {
            freezing.Dispose();
            throw new ArgumentException(
                $"No weight is left to train; expected at least one that {nameof(RestorationTrainingOptions.Frozen)} does not name.",
                nameof(input));
        }

        return freezing;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Parameter weight in frozen)
        {
            weight.requires_grad = true;
        }
    }

    private static bool Matches(string weight, string name) =>
        weight == name || weight.StartsWith(name.TrimEnd('.') + ".", StringComparison.Ordinal);
}
