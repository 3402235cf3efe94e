using System.CommandLine;
using Mdf.Losses;
using Mdf.Models.Restoration;
using Mdf.Training.Restoration;
using Spectre.Console;

namespace RestoreImages;

/// <summary>Loads trained networks and the LPIPS metric.</summary>
internal static class Networks
{
    private const int MostListed = 5;

    /// <summary>Creates the option with the key of the weights.</summary>
    public static Option<string?> KeyOption(string of) => new("--key")
    {
        Description = $"Key of the weights in the file of {of}, such as params_ema. Default: found by content.",
    };

    /// <summary>Creates the option with the names of further metrics.</summary>
    public static Option<string[]> MetricsOption()
    {
        string[] names = [.. EvaluationMetric.All.Select(metric => metric.Name)];
        return new Option<string[]>("--metrics")
        {
            Description = $"Further metrics to measure: {string.Join(", ", names)}.",
            AllowMultipleArgumentsPerToken = true,
        }.AcceptOnlyFromAmong(names);
    }

    /// <summary>Returns the metrics of the given names.</summary>
    public static IReadOnlyList<EvaluationMetric> Metrics(string[]? names) =>
        [.. (names ?? []).Distinct().Select(name => EvaluationMetric.All.Single(metric => metric.Name == name))];

    /// <summary>Tells which objects of a file were left out.</summary>
    public static void TellIgnored(RestorationNetwork network, string checkpoint)
    {
        if (network.Ignored.Count > 0)
        {
            string rest = network.Ignored.Count > MostListed ? ", ..." : "";
            AnsiConsole.MarkupLineInterpolated(
                $"Left out objects beside the weights of {checkpoint}: {string.Join(", ", network.Ignored.Take(MostListed))}{rest}.");
        }
    }

    /// <summary>Returns LPIPS with AlexNet if it is asked for; null, with a notice, if its weights are not found.</summary>
    public static LpipsLoss? Lpips(bool isAsked, RestorationNetwork network)
    {
        if (!isAsked)
        {
            return null;
        }

        if (network.Channels == 1)
        {
            throw new ArgumentException("--lpips: LPIPS measures RGB images; the network is for grey ones.");
        }

        try
        {
            return new LpipsLoss();
        }
        catch (FileNotFoundException e)
        {
            AnsiConsole.MarkupLineInterpolated($"LPIPS is not measured. {e.Message}");
            return null;
        }
    }
}
