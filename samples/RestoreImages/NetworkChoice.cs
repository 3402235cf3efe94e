using System.CommandLine;
using Mdf.Checkpoints;
using Mdf.Models.Restoration;
using Samples.Common;

namespace RestoreImages;

/// <summary>Options that choose a trained network: a packaged one, or a checkpoint of this library or of another project.</summary>
internal sealed class NetworkChoice
{
    private readonly Option<string?> model = new Option<string?>("--model")
    {
        Description = "Name of a packaged network, instead of --checkpoint: " + string.Join(", ", ModelZoo.PretrainedNames) + ".",
    }.AcceptOnlyFromAmong([.. ModelZoo.PretrainedNames]);

    private readonly Option<FileInfo?> checkpoint = new("--checkpoint") { Description = "Checkpoint of the trained network." };

    private readonly Option<string?> network = new Option<string?>("--network")
    {
        Description = "Name of the network, required for checkpoints of other projects, which do not contain it; see 'networks'.",
    }.AcceptOnlyFromAmong([.. ModelZoo.Names]);

    private readonly Option<string?> key = Networks.KeyOption("--checkpoint");

    /// <summary>Creates a command with these options and others.</summary>
    public Command CreateCommand(string name, string description, params IEnumerable<Option> others)
    {
        var command = new Command(name, description) { model, checkpoint, network, key };
        foreach (Option option in others)
        {
            command.Add(option);
        }

        return command;
    }

    /// <summary>Loads the network.</summary>
    public RestorationNetwork Load(ParseResult arguments) => (arguments.GetValue(model), arguments.GetValue(checkpoint)) switch
    {
        ({ } name, null) => Packaged(name, arguments),
        (null, { } file) => Load(file.FullName, arguments.GetValue(network), arguments.GetValue(key)),
        (null, null) => throw new ArgumentException(
            $"Option '{checkpoint.Name}' or '{model.Name}' is required: a trained network, or the name of a packaged one "
            + $"({string.Join(", ", ModelZoo.PretrainedNames)})."),
        _ => throw new ArgumentException($"{model.Name} and {checkpoint.Name} exclude each other; give one of them."),
    };

    private RestorationNetwork Packaged(string name, ParseResult arguments) =>
        arguments.GetValue(network) is null && arguments.GetValue(key) is null
            ? ModelZoo.Pretrained(name)
            : throw new ArgumentException($"{network.Name} and {key.Name} belong to {checkpoint.Name}; {model.Name} needs neither.");

    private static RestorationNetwork Load(string checkpoint, string? name, string? key)
    {
        Files.RequireFile(checkpoint, "--checkpoint");
        RestorationNetwork network = name is null ? Own(checkpoint) : ModelZoo.Load(checkpoint, name, key);
        Networks.TellIgnored(network, checkpoint);
        return network;
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
