using System.Globalization;
using System.Text.Json;
using Mdf.Data;
using Mdf.Degradations;
using Mdf.Models.Restoration;
using Microsoft.Extensions.Logging;
using static TorchSharp.torch;

namespace Mdf.Training;

/// <summary>What a restoration network is to be trained with.</summary>
internal sealed record TrainingJob
{
    /// <summary>The part of the identity that older states lack.</summary>
    public const string ValidationOptionsKey = "validation options";

    // These do not change what comes out.
    private static readonly string[] Indifferent =
    [
        nameof(RestorationTrainingOptions.SaveInterval),
        nameof(RestorationTrainingOptions.PrefetchDepth),
        nameof(RestorationTrainingOptions.TensorBoard),
    ];

    public string Kind { get; init; } = "supervised";

    public required RestorationTrainingOptions Options { get; init; }

    public required RestorationNetwork Network { get; init; }

    public required nn.Module<Tensor, Tensor, Tensor> Loss { get; init; }

    public required IImageSource Images { get; init; }

    public required Degradation Degradation { get; init; }

    public required IImageSource? Validation { get; init; }

    public required string? OutputFolder { get; init; }

    public required IReadOnlyDictionary<string, string>? Metadata { get; init; }

    public required Device Device { get; init; }

    public required IProgress<RestorationTrainingProgress>? Progress { get; init; }

    public required ILogger Logger { get; init; }

    /// <summary>Refuses what cannot be trained.</summary>
    public void Check()
    {
        if (Network.parameters().FirstOrDefault(p => p.dtype != ScalarType.Float32) is { } other)
        {
            throw new ArgumentException($"The network has weights of type {other.dtype}; expected Float32.", nameof(Network));
        }

        if (Options.PatchSize % Network.Scale != 0)
        {
            throw new ArgumentException(
                $"{nameof(RestorationTrainingOptions.PatchSize)} is {Options.PatchSize}; expected a multiple of {Network.Scale}, the network's scale.", nameof(Network));
        }

        // What validation cannot do is better known now than after its interval.
        if (Validation is not null)
        {
            RestorationEvaluation.RequireUsable(Network, Validation, Degradation, Options.Validation);
        }
    }

    /// <summary>What a run and the one that goes on from it have in common, by name.</summary>
    public IReadOnlyDictionary<string, string> Identity()
    {
        var identity = new Dictionary<string, string>(Descriptions())
        {
            ["kind"] = Kind,
            ["network"] = Network.Options.ToString(),
            ["validation"] = Validation?.Description ?? "none",
            [ValidationOptionsKey] = ValidationOptions(),
        };
        foreach (JsonProperty property in JsonSerializer.SerializeToElement(Options).EnumerateObject())
        {
            if (!Indifferent.Contains(property.Name))
            {
                identity.Add(property.Name, property.Value.GetRawText());
            }
        }

        return identity;
    }

    /// <summary>What a checkpoint says of its training.</summary>
    public IReadOnlyDictionary<string, string> CheckpointMetadata(int step) => new Dictionary<string, string>(Descriptions())
    {
        ["step"] = step.ToString(CultureInfo.InvariantCulture),
        ["seed"] = Options.Seed.ToString(CultureInfo.InvariantCulture),
        ["settings"] = JsonSerializer.Serialize(Options),
    };

    // But for tiles, which do not change what is measured.
    private string ValidationOptions() => JsonSerializer.Serialize(new
    {
        Options.Validation.MaximumCount,
        Options.Validation.Seed,
        Options.Validation.SelfEnsemble,
        Options.Validation.Metrics,
        Lpips = Options.Validation.Lpips is not null,
    });

    private Dictionary<string, string> Descriptions()
    {
        var descriptions = new Dictionary<string, string>
        {
            ["loss"] = Loss.GetType().Name,
            ["degradation"] = Degradation.Description,
            ["data"] = Images.Description,
        };
        foreach ((string key, string value) in Metadata ?? new Dictionary<string, string>())
        {
            descriptions[key] = value;
        }

        return descriptions;
    }
}
