using System.CommandLine;
using Mdf.Checkpoints;
using Mdf.Losses;
using Mdf.Models.Restoration;
using Samples.Common;
using Spectre.Console;

namespace RestoreImages;

/// <summary>Loads trained networks and the LPIPS metric.</summary>
internal static class Networks
{
    private const int MostListed = 5;

    /// <summary>Creates the option with the network's name.</summary>
    public static Option<string?> NameOption() => new Option<string?>("--network")
    {
        Description = "Name of the network, required for checkpoints of other projects, which do not contain it; see 'networks'.",
    }.AcceptOnlyFromAmong([.. ModelZoo.Names]);

    /// <summary>Creates the option with the key of the weights.</summary>
    public static Option<string?> KeyOption(string of) => new("--key")
    {
        Description = $"Key of the weights in the file of {of}, such as params_ema. Default: found by content.",
    };

    /// <summary>Loads a checkpoint of this library, or a checkpoint of another project if the network's name is given.</summary>
    public static RestorationNetwork Load(string checkpoint, string? name, string? key)
    {
        Files.RequireFile(checkpoint, "--checkpoint");
        RestorationNetwork network = name is null ? Own(checkpoint) : ModelZoo.Load(checkpoint, name, key);
        TellIgnored(network, checkpoint);
        return network;
    }

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

    private static RestorationNetwork Own(string checkpoint)
    {
        try
        {
            return ModelZoo.Load(checkpoint);
        }
        catch (CheckpointFormatException e) when (NamesNoNetwork(checkpoint))
        {
            throw new ArgumentException(
                $"'{checkpoint}' does not say which network it belongs to; give its name by --network ('networks' lists the names).", e);
        }
    }

    private static bool NamesNoNetwork(string checkpoint)
    {
        try
        {
            using StateDictionary weights = StateDictionaryReader.Read(checkpoint);
            return weights.Metadata.GetValueOrDefault("format") != "mdf-restoration";
        }
        catch (CheckpointFormatException)
        {
            return false;
        }
    }
}
