// Reproduces every table and figure of the paper's supplement and makes a report of the results.
using System.CommandLine;
using Reproduce;
using Reproduce.Grids;
using Reproduce.Losses;
using Reproduce.Presets;
using Reproduce.Report;
using Samples.Common;

var options = new GridOptions();
var html = new Option<FileInfo?>("--html") { Description = "File for the page. Default: report.html in the folder of results." };
var markdown = new Option<FileInfo?>("--markdown") { Description = "File for the tables as Markdown. Default: none." };

var report = new Command("report", "Makes a web page of all results in a folder.") { options.Output, html, markdown };
report.SetRun((arguments, _) => ReportCommand.Run(
    arguments.GetValue(options.Output)?.FullName ?? GridOptions.DefaultOutput(AllPresets.Cpu.Name),
    arguments.GetValue(html)?.FullName,
    arguments.GetValue(markdown)?.FullName));

var others = new Option<string[]>("--with")
{
    Description = "Losses to add to L2.",
    AllowMultipleArgumentsPerToken = true,
    DefaultValueFactory = _ => [LossNames.Vgg, LossNames.Lpips],
};
others.AcceptOnlyFromAmong(LossNames.Vgg, LossNames.Lpips, LossNames.Mdf);
Command lambda = Experiments(
    "lambda",
    "Trains with sums of L2 and 0.001 to 1000 times VGG or LPIPS.",
    (grids, arguments) => grids.Lambda(arguments.GetValue(others)!));
lambda.Add(others);

var numbers = new Option<int[]>("--numbers")
{
    Description = "Numbers of steps.",
    AllowMultipleArgumentsPerToken = true,
    DefaultValueFactory = _ => [250, 500, 1000, 2000, 4000, 8000],
};
Command steps = Experiments(
    "steps",
    "Trains each loss for several numbers of steps: which is best after how long a training (not in the paper).",
    (grids, arguments) => grids.Budgets([.. arguments.GetValue(numbers)!.Select(n => n >= 1
        ? n
        : throw new ArgumentException($"--numbers has {n}; expected numbers of at least 1."))]));
steps.Add(numbers);

var smoke = new Command("smoke", "Runs all experiments at the smallest size and makes the report, as a test.");
options.AddTo(smoke, isPresetGiven: true);
smoke.SetRun((arguments, cancellation) =>
{
    GridSettings settings = options.Read(arguments, AllPresets.Smoke);
    int status = Run(settings, grids =>
    [
        .. grids.Table(),
        .. grids.Scales(),
        .. grids.Seeds(),
        .. grids.Lambda([LossNames.Vgg, LossNames.Lpips, LossNames.Mdf]),
        .. grids.Features(),
        .. grids.Sensitivity(),
        .. grids.Spectra(),
        .. grids.Budgets([3, 6]),
        .. grids.Manifold(),
    ], cancellation);
    return status == 0 ? ReportCommand.Run(settings.Output, html: null, markdown: null) : status;
});

return await CommandLine.RunAsync(
    new RootCommand("Reproduces the tables and figures of Mustafa et al., WACV 2022.")
    {
        smoke,
        Experiments("table", "Trains all applications with all losses: the table and the violin plots.", (grids, _) => grids.Table()),
        new Command("ablation", "Compares numbers of scales, or of seed images.")
        {
            Experiments("scales", "Trains with the coarsest discriminator alone, up to all of them.", (grids, _) => grids.Scales()),
            Experiments("seeds", "Trains with discriminators of one seed image and of several.", (grids, _) => grids.Seeds()),
        },
        lambda,
        steps,
        Experiments(
            "sensitivity",
            "Compares the values of losses for distortions of equal PSNR (supplement, figures 7 and 8).",
            (grids, _) => grids.Sensitivity()),
        Experiments(
            "spectrum",
            "Measures what each loss minds, by spatial frequency and colour (not in the paper).",
            (grids, _) => grids.Spectra()),
        Experiments(
            "manifold",
            "Shows which distortions the discriminators' features tell from originals (supplement, figures 1 and 2).",
            (grids, _) => grids.Manifold()),
        Experiments(
            "features", "Trains with trained discriminators, with untrained ones and with L2.", (grids, _) => grids.Features()),
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
        Console.Error.WriteLine("Stopped. Finished experiments are kept; run the same command to continue.");
        return 1;
    }
}
