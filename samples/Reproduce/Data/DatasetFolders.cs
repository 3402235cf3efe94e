namespace Reproduce.Data;

/// <summary>Dataset folders from the command line; null for those that were not given.</summary>
internal sealed record DatasetFolders(string? Div2k, string? Dped, string? Bsd, string? Images, string? TrainingImages)
{
    // Layouts of the published archives; for BSD also of a folder that holds only the sets train and val.
    private static readonly string[] Div2kTraining = ["DIV2K_train_HR"];
    private static readonly string[] Div2kTest = ["DIV2K_valid_HR"];
    private static readonly string[] DpedTest =
    [
        "iphone/test_data/full_size_test_images",
        "dped/iphone/test_data/full_size_test_images",
        "test_data/full_size_test_images",
    ];
    private static readonly string[] BsdTraining = ["train", "images/train", "BSDS500/data/images/train", "data/images/train"];
    private static readonly string[] BsdTest = ["val", "images/val", "BSDS500/data/images/val", "data/images/val"];

    /// <summary>Folder of training images and its name; null if none was given.</summary>
    public (string Name, string Folder)? Training =>
        TrainingImages is not null ? (NameOf(TrainingImages), Existing(TrainingImages, "--training-images"))
        : Div2k is not null ? ("DIV2K", Inside(Div2k, Div2kTraining, "--div2k"))
        : Bsd is not null ? ("BSD", Inside(Bsd, BsdTraining, "--bsd"))
        : null;

    /// <summary>Folders of test images and their names, in the order of the paper's table.</summary>
    public IEnumerable<(string Name, string Folder)> Tests
    {
        get
        {
            if (Div2k is not null)
            {
                yield return ("DIV2K", Inside(Div2k, Div2kTest, "--div2k"));
            }

            if (Dped is not null)
            {
                yield return ("DPED", Inside(Dped, DpedTest, "--dped"));
            }

            if (Bsd is not null)
            {
                yield return ("BSD", Inside(Bsd, BsdTest, "--bsd"));
            }

            if (Images is not null)
            {
                yield return (NameOf(Images), Existing(Images, "--images"));
            }
        }
    }

    private static string NameOf(string folder) => Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));

    private static string Existing(string folder, string option) => Directory.Exists(folder)
        ? folder
        : throw new ArgumentException($"{option}: there is no folder '{folder}'.");

    private static string Inside(string folder, string[] layouts, string option)
    {
        Existing(folder, option);
        return layouts.Select(l => Path.Combine(folder, l)).FirstOrDefault(Directory.Exists) ?? throw new ArgumentException(
            $"{option}: '{folder}' holds none of the folders {string.Join(", ", layouts)}; "
            + "docs/reproduce.md describes the layout of each dataset.");
    }
}
