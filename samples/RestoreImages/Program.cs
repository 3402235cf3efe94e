// Trains, evaluates, applies and exports image restoration networks.
using System.CommandLine;
using Mdf.Training.Restoration;
using RestoreImages;
using Samples.Common;

var command = new RootCommand("Trains, evaluates, applies and exports image restoration networks.")
{
    TrainCommand.Create(),
    EvaluateCommand.Create(),
    RestoreCommand.Create(),
    ExportCommand.Create(),
    PlotCommand.Create(),
    ListCommands.Networks(),
    ListCommands.Losses(),
};
return await CommandLine.RunAsync(command, args, new Dictionary<string, string>
{
    [nameof(RestorationTrainingOptions.Steps)] = "--steps",
    [nameof(RestorationTrainingOptions.BatchSize)] = "--batch",
    [nameof(RestorationTrainingOptions.BatchParts)] = "--batch-parts",
    [nameof(RestorationTrainingOptions.PatchSize)] = "--patch",
    [nameof(RestorationTrainingOptions.MinimumContrast)] = "--min-contrast",
    [nameof(RestorationTrainingOptions.Stages)] = "--stages",
    [nameof(RestorationTrainingOptions.Frozen)] = "--freeze",
    [nameof(RestorationTrainingOptions.Precision)] = "--precision",
    [nameof(RestorationTrainingOptions.WeightDecay)] = "--weight-decay",
    [nameof(RestorationTrainingOptions.GradientClipValue)] = "--clip-value",
    ["Suffix"] = "--suffix",
    ["ListFile"] = "--pairs",
    [nameof(RestorationTrainingOptions.LearningRate)] = "--rate",
    [nameof(RestorationTrainingOptions.Schedule)] = "--schedule",
    [nameof(RestorationTrainingOptions.EmaDecay)] = "--ema",
    [nameof(RestorationTrainingOptions.GradientClipNorm)] = "--clip",
    [nameof(RestorationTrainingOptions.AdversarialWeight)] = "--adversarial-weight",
    [nameof(RestorationTrainingOptions.BestBy)] = "--best-by",
    [nameof(RestorationTrainingOptions.ValidationInterval)] = "--validation-interval",
    [nameof(RestorationTrainingOptions.SaveInterval)] = "--save-interval",
    [nameof(RestorationTrainingOptions.LogInterval)] = "--log-interval",
    [nameof(RestorationTrainingOptions.Seed)] = "--seed",
    ["MaximumCount"] = "--validation-count",
});
