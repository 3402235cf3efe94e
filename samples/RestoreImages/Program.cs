// Trains, measures and applies networks that restore images.
using System.CommandLine;
using RestoreImages;
using Samples.Common;

var command = new RootCommand("Trains, measures and applies networks that restore images.")
{
    TrainCommand.Create(),
    EvaluateCommand.Create(),
    RestoreCommand.Create(),
};
return await CommandLine.RunAsync(command, args);
