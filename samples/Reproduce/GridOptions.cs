using System.CommandLine;
using Mdf.Losses;
using Reproduce.Data;
using Reproduce.Experiments;
using Reproduce.Losses;
using Reproduce.Presets;
using Samples.Common;

namespace Reproduce;

/// <summary>Command-line options that all experiments share.</summary>
internal sealed class GridOptions
{
    private readonly Option<string> preset = new("--preset")
    {
        Description = "Size of the networks, trainings and image sets.",
        DefaultValueFactory = _ => AllPresets.Cpu.Name,
    };
    private readonly Option<DirectoryInfo?> div2k = new("--div2k") { Description = "Folder of DIV2K." };
    private readonly Option<DirectoryInfo?> dped = new("--dped") { Description = "Folder of DPED." };
    private readonly Option<DirectoryInfo?> bsd = new("--bsd") { Description = "Folder of BSDS500." };
    private readonly Option<DirectoryInfo?> images = new("--images")
    {
        Description = "Folder of any test images. Without any dataset, synthetic images are used.",
    };
    private readonly Option<DirectoryInfo?> trainingImages = new("--training-images")
    {
        Description = "Folder of any training images. Default: the training set of DIV2K, or else of BSD.",
    };
    private readonly Option<string[]> weights = new("--weights")
    {
        Description = "Files of discriminators to use besides the packaged ones, as FILE or APPLICATION=FILE.",
        AllowMultipleArgumentsPerToken = true,
    };
    private readonly Option<string[]> applications = new("--applications")
    {
        Description = $"Applications to run, of {string.Join(", ", Application.All.Select(a => a.Key))}. Default: all of the preset.",
        AllowMultipleArgumentsPerToken = true,
    };
    private readonly Option<string[]> losses = new("--losses")
    {
        Description = $"Losses to run, of {string.Join(", ", LossNames.WithControl)}. Default: all.",
        AllowMultipleArgumentsPerToken = true,
    };
    private readonly Option<int?> count = new("--count")
    {
        Description = "Number of images of each test set, the first by name. Default: the preset's.",
    };
    private readonly Option<int?> steps = new("--steps")
    {
        Description = "Number of steps of each training. Default: the preset's.",
    };
    private readonly Option<long> seed = new("--seed")
    {
        Description = "Seeds the networks and their training.",
        DefaultValueFactory = _ => 1,
    };
    private readonly Option<MdfPrecision> precision = CommandLine.PrecisionOption("--precision");
    private readonly Option<string> device = CommandLine.DeviceOption();
    private readonly Option<string> shard = new("--shard")
    {
        Description = "Part of the experiments to run, such as 1/4, or slurm, that of a task of a Slurm array. Other runs can do the other "
            + "parts at the same time, in this folder or in others that are merged later.",
        DefaultValueFactory = _ => Shard.Whole.ToString(),
    };

    public GridOptions()
    {
        preset.AcceptOnlyFromAmong(AllPresets.Names);
        applications.AcceptOnlyFromAmong([.. Application.All.Select(a => a.Key)]);
        losses.AcceptOnlyFromAmong([.. LossNames.WithControl]);
    }

    /// <summary>The option with the folder of results; shared with the report.</summary>
    public Option<DirectoryInfo?> Output { get; } = new("--output")
    {
        Description = "Folder of the results. Default: output/reproduce- followed by the preset's name.",
    };

    /// <summary>Adds the options to a command.</summary>
    /// <param name="command">The command to extend.</param>
    /// <param name="isPresetGiven">Whether the command determines the preset itself.</param>
    public void AddTo(Command command, bool isPresetGiven = false)
    {
        Option[] all =
        [
            div2k, dped, bsd, images, trainingImages, weights, applications, losses, count, steps, seed, precision, device, shard, Output,
        ];
        foreach (Option option in isPresetGiven ? all : [preset, .. all])
        {
            command.Add(option);
        }
    }

    /// <summary>Returns the settings from parsed arguments.</summary>
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
            Losses = someLosses.Length > 0 ? someLosses : LossNames.WithControl,
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

    /// <summary>Returns the default folder for the results of a preset.</summary>
    public static string DefaultOutput(string preset) => $"output/reproduce-{preset}";
}
