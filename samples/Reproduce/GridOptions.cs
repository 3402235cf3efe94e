using System.CommandLine;
using Mdf.Losses;
using Reproduce.Data;
using Reproduce.Experiments;
using Reproduce.Losses;
using Reproduce.Presets;

namespace Reproduce;

/// <summary>The options that all experiments have.</summary>
internal sealed class GridOptions
{
    private readonly Option<string> preset = new("--preset") { Description = "How large everything is.", DefaultValueFactory = _ => AllPresets.Cpu.Name };
    private readonly Option<DirectoryInfo?> div2k = new("--div2k") { Description = "The folder of DIV2K." };
    private readonly Option<DirectoryInfo?> dped = new("--dped") { Description = "The folder of DPED." };
    private readonly Option<DirectoryInfo?> bsd = new("--bsd") { Description = "The folder of BSDS500." };
    private readonly Option<DirectoryInfo?> images = new("--images") { Description = "Any folder of images to test on. Without any dataset: drawn pictures." };
    private readonly Option<DirectoryInfo?> trainingImages = new("--training-images") { Description = "Any folder of images to train on. Default: those of DIV2K, else of BSD." };
    private readonly Option<string[]> weights = new("--weights") { Description = "Files of discriminators besides the packaged ones, as FILE or APPLICATION=FILE.", AllowMultipleArgumentsPerToken = true };
    private readonly Option<string[]> applications = new("--applications") { Description = "Which to do. Default: all of the preset.", AllowMultipleArgumentsPerToken = true };
    private readonly Option<string[]> losses = new("--losses") { Description = "Which to do. Default: all.", AllowMultipleArgumentsPerToken = true };
    private readonly Option<int?> count = new("--count") { Description = "How many images of each test set, the first by name. Default: the preset's." };
    private readonly Option<int?> steps = new("--steps") { Description = "Steps of each training. Default: the preset's." };
    private readonly Option<long> seed = new("--seed") { Description = "Of the networks and of what they are trained on.", DefaultValueFactory = _ => 1 };
    private readonly Option<MdfPrecision> precision = new("--precision") { Description = "The precision of MDF's features: Full, or BFloat16, faster where the device computes in it." };
    private readonly Option<string> device = new("--device") { Description = "cpu, cuda, cuda:1, ...", DefaultValueFactory = _ => "cpu" };
    private readonly Option<string> shard = new("--shard") { Description = "Which part of the experiments to do, as 1/4; others do the others, into this folder or one to be put together with it.", DefaultValueFactory = _ => Shard.Whole.ToString() };

    public GridOptions()
    {
        preset.AcceptOnlyFromAmong(AllPresets.Names);
        applications.AcceptOnlyFromAmong([.. Application.All.Select(a => a.Key)]);
        losses.AcceptOnlyFromAmong([.. LossNames.All]);
    }

    /// <summary>The folder for everything; shared with the report.</summary>
    public Option<DirectoryInfo?> Output { get; } = new("--output") { Description = "The folder for results. Default: output/reproduce- and the preset's name." };

    /// <summary>Adds the options to a command.</summary>
    /// <param name="command">The command.</param>
    /// <param name="isPresetGiven">Whether the command decides on the preset.</param>
    public void AddTo(Command command, bool isPresetGiven = false)
    {
        Option[] all = [div2k, dped, bsd, images, trainingImages, weights, applications, losses, count, steps, seed, precision, device, shard, Output];
        foreach (Option option in isPresetGiven ? all : [preset, .. all])
        {
            command.Add(option);
        }
    }

    /// <summary>What was asked for.</summary>
    public GridSettings Read(ParseResult arguments, Preset? given = null)
    {
        Preset chosen = given ?? AllPresets.Find(arguments.GetValue(preset)!);
        string[] someApplications = arguments.GetValue(applications)!, someLosses = arguments.GetValue(losses)!;
        return new GridSettings
        {
            Preset = chosen,
            Folders = new DatasetFolders(Path(div2k), Path(dped), Path(bsd), Path(images), Path(trainingImages)),
            Weights = [.. arguments.GetValue(weights)!.Select(GivenWeights.Parse)],
            Applications = someApplications.Length > 0 ? someApplications : chosen.Applications,
            Losses = someLosses.Length > 0 ? someLosses : LossNames.All,
            Output = Path(Output) ?? DefaultOutput(chosen.Name),
            Device = arguments.GetValue(device)!,
            Seed = arguments.GetValue(seed),
            TestImages = AtLeastOne(count),
            Steps = AtLeastOne(steps),
            Precision = arguments.GetValue(precision),
            Shard = Shard.Parse(arguments.GetValue(shard)!),
        };

        string? Path(Option<DirectoryInfo?> option) => arguments.GetValue(option)?.FullName;

        int? AtLeastOne(Option<int?> option) => arguments.GetValue(option) is { } value && value < 1
            ? throw new ArgumentException($"{option.Name} must be at least 1.")
            : arguments.GetValue(option);
    }

    /// <summary>Where results of a preset go if nothing else is said.</summary>
    public static string DefaultOutput(string preset) => $"output/reproduce-{preset}";
}
