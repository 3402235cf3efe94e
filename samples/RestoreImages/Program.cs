// Trains, evaluates and applies image restoration networks.
using System.CommandLine;
using RestoreImages;
using Samples.Common;

var command = new RootCommand("Trains, evaluates and applies image restoration networks.")
{
    TrainCommand.Create(),
    EvaluateCommand.Create(),
    RestoreCommand.Create(),
};
return await CommandLine.RunAsync(command, args);
