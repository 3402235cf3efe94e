using System.CommandLine;
using Mdf.Models.Restoration;
using Samples.Common;

namespace RestoreImages;

/// <summary>The commands that list the values of options.</summary>
internal static class ListCommands
{
    public static Command Networks() => Listing(
        "networks",
        "Lists the names of networks.",
        ModelZoo.Names.Select(name => FormattableString.Invariant(
            $"{name,-24} {ModelZoo.Options(name).ParameterCount,12:n0} parameters")));

    public static Command Losses() => Listing("losses", "Lists the names of losses.", NamedLosses.Names);

    private static Command Listing(string name, string description, IEnumerable<string> lines)
    {
        var command = new Command(name, description);
        command.SetRun((_, _) =>
        {
            foreach (string line in lines)
            {
                Console.WriteLine(line);
            }

            return 0;
        });
        return command;
    }
}
