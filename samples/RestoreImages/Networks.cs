using Mdf.Losses;
using Mdf.Models.Restoration;
using Spectre.Console;

namespace RestoreImages;

/// <summary>Trained networks, and what measures them.</summary>
internal static class Networks
{
    /// <summary>A network of our file, or of a public one if its name is given.</summary>
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

    /// <summary>LPIPS by AlexNet where its weights are found, else null.</summary>
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
