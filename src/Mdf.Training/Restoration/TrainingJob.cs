using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using static TorchSharp.torch;

namespace Mdf.Training.Restoration;

/// <summary>Holds everything that decides a training of a restoration network: settings, input, and whom to report to.</summary>
internal sealed record TrainingJob
{
    /// <summary>The key of the identity that states of earlier versions lack.</summary>
    public const string ValidationOptionsKey = "validation options";

    // Settings that do not change the result, and the number of steps, which may change when a training resumes.
    private static readonly string[] Indifferent =
    [
        nameof(RestorationTrainingOptions.Steps),
        nameof(RestorationTrainingOptions.CheckImages),
        nameof(RestorationTrainingOptions.SaveInterval),
        nameof(RestorationTrainingOptions.PrefetchDepth),
        nameof(RestorationTrainingOptions.PrefetchWorkers),
        nameof(RestorationTrainingOptions.TensorBoard),
        nameof(RestorationTrainingOptions.ValidationPatches),
    ];

    public required string Kind { get; init; }

    public required RestorationTrainingOptions Options { get; init; }

    public required RestorationTrainingInput Input { get; init; }

    public required IProgress<RestorationTrainingProgress>? Progress { get; init; }

    public required ILogger Logger { get; init; }

    public required TrainingTeam Team { get; init; }

    public required Device Device { get; init; }

    public bool IsValidated => Input.Validation is not null || Input.ValidationPairs is not null;

    /// <summary>Throws if this input cannot be trained with these settings.</summary>
    public void Check()
    {
        if (Input.Network.parameters().FirstOrDefault(p => p.dtype != ScalarType.Float32) is { } other)
        {
            throw new ArgumentException($"The network has weights of type {other.dtype}; expected Float32.", "input");
        }

        RequireShares();
        foreach (int size in Options.PatchSizes())
        {
            if (size % Input.Network.Scale != 0)
            {
                throw new ArgumentException(
                    $"{nameof(RestorationTrainingOptions.PatchSize)} is {size}; "
                    + $"expected a multiple of {Input.Network.Scale}, the network's scale.",
                    "input");
            }
        }

        if (Options.ValidationPatches > 0 && Input.Network.Channels is not (1 or 3))
        {
            throw new ArgumentException(
                $"{nameof(RestorationTrainingOptions.ValidationPatches)} is {Options.ValidationPatches}, but the network takes images of "
                + $"{Input.Network.Channels} channels; expected 0, because pictures have 1 or 3.",
                "input");
        }

        // A validation that cannot work fails now instead of after the first interval.
        if (Input.ValidatedPairs() is { } validated)
        {
            RestorationEvaluation.RequireUsable(Input.Network, validated, Options.Validation);
        }
    }

    /// <summary>Returns the settings, by name, that a run shares with the one that resumes it.</summary>
    public IReadOnlyDictionary<string, string> Identity()
    {
        var identity = new Dictionary<string, string>(Descriptions())
        {
            ["kind"] = Kind,
            ["network"] = Input.Network.Options.ToString(),
            ["validation"] = Input.ValidatedPairs()?.Description ?? "none",
            [ValidationOptionsKey] = ValidationOptions(),
        };
        foreach (JsonProperty property in JsonSerializer.SerializeToElement(Options).EnumerateObject())
        {
            if (!Indifferent.Contains(property.Name) && !IsYoungerDefault(property))
            {
                identity.Add(property.Name, property.Value.GetRawText());
            }
        }

        return identity;
    }

    /// <summary>Throws if this process was started with other settings or data than the first one.</summary>
    /// <exception cref="ArgumentException">A setting differs; the message names it.</exception>
    public void RequireAgreement()
    {
        var own = new Dictionary<string, string>(Identity());
        foreach (JsonProperty property in JsonSerializer.SerializeToElement(Options).EnumerateObject())
        {
            own[property.Name] = property.Value.GetRawText();
        }

        foreach ((string key, string expected) in Team.Share(own))
        {
            string? got = own.GetValueOrDefault(key);
            if (got != expected)
            {
                throw new ArgumentException(
                    $"This process trains with another '{key}' than rank 0: {got ?? "none"}; expected {expected}. Start all processes with "
                    + "equal arguments and equal data.",
                    "input");
            }
        }
    }

    /// <summary>Returns the learning rate of the step after a number of steps.</summary>
    public double RateAt(int done) => Options.LearningRate * Options.Schedule.FactorAt(done, Options.Steps);

    /// <summary>Returns the metadata of a checkpoint.</summary>
    public IReadOnlyDictionary<string, string> CheckpointMetadata(int step) => new Dictionary<string, string>(Descriptions())
    {
        ["step"] = step.ToString(CultureInfo.InvariantCulture),
        ["seed"] = Options.Seed.ToString(CultureInfo.InvariantCulture),
        ["settings"] = JsonSerializer.Serialize(Options),
    };

    private void RequireShares()
    {
        int least = Options.Stages.Select(stage => stage.BatchSize).Append(Options.BatchSize).Min();
        if (Team.Size > 1 && least / Team.Size < Options.BatchParts)
        {
            throw new ArgumentException(
                $"{nameof(RestorationTrainingOptions.BatchSize)} is {least} for {Team.Size} processes; expected at least "
                + $"{Team.Size * Options.BatchParts}, so that each process has {Options.BatchParts} images or more for "
                + $"{nameof(RestorationTrainingOptions.BatchParts)}.",
                "input");
        }
    }

    // Settings that states of earlier versions lack belong to the identity where they are not the default.
    private static bool IsYoungerDefault(JsonProperty property) => property.Name switch
    {
        nameof(RestorationTrainingOptions.Precision) => property.Value.GetInt32() == (int)default(RestorationPrecision),
        nameof(RestorationTrainingOptions.BestBy) => property.Value.GetString() == new RestorationTrainingOptions().BestBy,
        _ => false,
    };

    // Without tiling, which does not change the scores.
    private string ValidationOptions()
    {
        string usual = JsonSerializer.Serialize(new
        {
            Options.Validation.MaximumCount,
            Options.Validation.Seed,
            Options.Validation.SelfEnsemble,
            Options.Validation.Metrics,
            Lpips = Options.Validation.Lpips is not null,
        });
        return Options.Validation.Additional.Count == 0 ? usual : $"{usual} {string.Join(", ", Options.Validation.Additional)}";
    }

    private Dictionary<string, string> Descriptions()
    {
        var descriptions = new Dictionary<string, string>
        {
            ["loss"] = Input.Loss.GetType().Name,
            ["degradation"] = Input.Degradation?.Description ?? "pairs of images",
            ["data"] = Input.Pairs?.Description ?? Input.Images!.Description,
        };
        foreach ((string key, string value) in Input.Metadata ?? new Dictionary<string, string>())
        {
            descriptions[key] = value;
        }

        return descriptions;
    }
}
