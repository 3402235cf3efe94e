using Mdf.Losses;
using Mdf.Models.Restoration;
using Spectre.Console;

namespace RestoreImages;

/// <summary>Loads trained networks and the LPIPS metric.</summary>
internal static class Networks
{
    /// <summary>Help text of the option with the network's name.</summary>
    public const string NameHelp = "Name of the network, required for checkpoints of other projects, which do not contain it.";

    /// <summary>Loads a checkpoint of this library, or a checkpoint of another project if the network's name is given.</summary>
    public static RestorationNetwork Load(string checkpoint, string? name)
    {
        if (name is null)
        {
            return ModelZoo.Load(checkpoint);
        }

        RestorationNetwork network = ModelZoo.Create(name);
        network.LoadWeights(checkpoint);
        network.eval();
        return network;
    }

    /// <summary>Returns LPIPS with AlexNet; null if its weights are not found.</summary>
    public static LpipsLoss? Lpips()
    {
        try
        {
            return new LpipsLoss();
        }
        catch (FileNotFoundException e)
        {
            AnsiConsole.MarkupLineInterpolated($"[grey]LPIPS is not measured. {e.Message}[/]");
            return null;
        }
    }
}
