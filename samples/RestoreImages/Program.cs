// Trains, evaluates, applies and exports image restoration networks.
using System.CommandLine;
using RestoreImages;
using Samples.Common;

var command = new RootCommand("Trains, evaluates, applies and exports image restoration networks.")
{
    TrainCommand.Create(),
    EvaluateCommand.Create(),
    RestoreCommand.Create(),
    ExportCommand.Create(),
};
return await CommandLine.RunAsync(command, args);
