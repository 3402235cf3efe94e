using System.CommandLine;
using Reproduce;
using Reproduce.Grids;
using Reproduce.Losses;
using Reproduce.Presets;
using Reproduce.Report;
using Samples.Common;
// Every table and figure of the paper's supplement, and a report that shows them.

var options = new GridOptions();
var html = new Option<FileInfo?>("--html") { Description = "The page. Default: report.html in the folder of results." };
var markdown = new Option<FileInfo?>("--markdown") { Description = "A file for the tables as Markdown, too." };

var report = new Command("report", "Makes the page of all results in a folder.") { options.Output, html, markdown };
report.SetRun((arguments, _) => ReportCommand.Run(
    arguments.GetValue(options.Output)?.FullName ?? GridOptions.DefaultOutput(AllPresets.Cpu.Name),
    arguments.GetValue(html)?.FullName,
    arguments.GetValue(markdown)?.FullName));

var others = new Option<string[]>("--with")
{
    Description = "The losses to be added to L2.",
    AllowMultipleArgumentsPerToken = true,
    DefaultValueFactory = _ => [LossNames.Vgg, LossNames.Lpips],
};
others.AcceptOnlyFromAmong(LossNames.Vgg, LossNames.Lpips, LossNames.Mdf);
Command lambda = Experiments("lambda", "Table of L2 and 0.001 to 1000 times VGG or LPIPS.", (grids, arguments) => grids.Lambda(arguments.GetValue(others)!));
lambda.Add(others);

var smoke = new Command("smoke", "All of it, as small as can be, and the report of it.");
options.AddTo(smoke, isPresetGiven: true);
smoke.SetRun((arguments, cancellation) =>
{
    GridSettings settings = options.Read(arguments, AllPresets.Smoke);
    int status = Run(settings, grids =>
    [
        .. grids.Table(), .. grids.Scales(), .. grids.Seeds(), .. grids.Lambda([LossNames.Vgg, LossNames.Lpips, LossNames.Mdf]), .. grids.Features(), .. grids.Sensitivity(), .. grids.Manifold(),
    ], cancellation);
    return status == 0 ? ReportCommand.Run(settings.Output, html: null, markdown: null) : status;
});

return await CommandLine.RunAsync(
    new RootCommand("Reproduces the tables and figures of Mustafa et al., WACV 2022.")
    {
        smoke,
        Experiments("table", "The table of applications and losses, and the violin plots.", (grids, _) => grids.Table()),
        new Command("ablation", "What the number of scales and of seed images does.")
        {
            Experiments("scales", "The coarsest discriminators alone, and more and more of them.", (grids, _) => grids.Scales()),
            Experiments("seeds", "Discriminators trained on one image and on more.", (grids, _) => grids.Seeds()),
        },
        lambda,
        Experiments("sensitivity", "How losses see distortions of equal PSNR (supplement, figures 7 and 8).", (grids, _) => grids.Sensitivity()),
        Experiments("manifold", "What features of discriminators tell apart (supplement, figures 1 and 2).", (grids, _) => grids.Manifold()),
        Experiments("features", "A network trained with trained discriminators, with untrained ones and with L2.", (grids, _) => grids.Features()),
        report,
    },
    args);

Command Experiments(string name, string description, Func<PaperGrids, ParseResult, IReadOnlyList<GridItem>> items)
{
    var command = new Command(name, description);
    options.AddTo(command);
    command.SetRun((arguments, cancellation) => Run(options.Read(arguments), grids => items(grids, arguments), cancellation));
    return command;
}

static int Run(GridSettings settings, Func<PaperGrids, IReadOnlyList<GridItem>> items, CancellationToken cancellation)
{
    using var grids = new PaperGrids(settings);
    try
    {
        return Grid.Run(items(grids), settings.Shard, cancellation).Count == 0 ? 0 : 1;
    }
    catch (OperationCanceledException)
    {
        Console.Error.WriteLine("Stopped. What is done is kept: the same command goes on from here.");
        return 1;
    }
}
