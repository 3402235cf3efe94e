using Mdf.Data;
using Mdf.Imaging;
using Reproduce.Presets;

namespace Reproduce.Data;

/// <summary>Training and test images: from the given folders, or synthetic images if no folder was given.</summary>
internal sealed class Datasets
{
    private const int FirstTestSeed = 1;
    private const int FirstTrainingSeed = 1001;

    public Datasets(DatasetFolders folders, Preset preset, int? testImages)
    {
        int most = testImages ?? preset.TestImages;
        Training = folders.Training is ({ } name, { } folder)
            ? new ImageSet(name, new ImageFolder(folder))
            : Synthetic(FirstTrainingSeed, preset.SyntheticImages, preset.SyntheticSide);
        Tests = [.. folders.Tests.Select(t => new ImageSet(t.Name, new ImageFolder(t.Folder), most))];
        if (Tests.Count == 0)
        {
            Tests = [Synthetic(FirstTestSeed, preset.SyntheticImages, preset.SyntheticSide, most)];
        }
    }

    public ImageSet Training { get; }

    public IReadOnlyList<ImageSet> Tests { get; }

    private static ImageSet Synthetic(int firstSeed, int count, int side, int most = int.MaxValue) => new("synthetic", new ImageList(
        Enumerable.Range(firstSeed, count).Select(seed =>
        {
            using TorchSharp.torch.Tensor image = SyntheticImage.DeadLeaves(side, side, seed);
            return ByteImage.FromTensor(image);
        }),
        $"{count} pictures of dead leaves"), most);
}
