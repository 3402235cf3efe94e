using Mdf.Data;
using Mdf.Imaging;
using Mdf.Testing;
using Reproduce.Experiments;
using Reproduce.Losses;
using Reproduce.Report;
using Reproduce.Trainings;
using static TorchSharp.torch;

namespace Mdf.Reproduce.Tests;

public sealed class StoredImagesTests : IDisposable
{
    private const int TestImages = 32;
    private const int FirstSeed = 1;

    private readonly TinyRun run = new();

    public void Dispose() => run.Dispose();

    [Fact]
    public void Evaluation_OfMoreThanThirtyImages_KeepsTheFirstThirtyAsJpegOfQuality90()
    {
        var settings = run.Settings(LossNames.L2) with
        {
            Applications = ["jpeg"],
            Preset = TinyRun.Preset with { TestImages = TestImages, SyntheticImages = TestImages, SyntheticSide = 48 },
        };
        run.Run(settings, grids => [grids.Table()[0]], TestContext.Current.CancellationToken);

        EvaluationResult result = Assert.Single(
            new ExperimentStore(Path.Combine(run.Folder, "runs")).All<EvaluationDescription, EvaluationResult>(TrainingGrid.Kind)).Result;
        Assert.Equal((TestImages, Evaluation.MostStored), (result.Psnr.Count, result.Stored));
        Assert.Equal(30, Evaluation.MostStored);
        Assert.Equal(30, Directory.GetFiles(Path.Combine(run.Folder, result.RestoredFolder)).Length);

        using var folder = new TemporaryFolder();
        using Tensor drawn = SyntheticImage.DeadLeaves(48, 48, FirstSeed);
        using Tensor first = ByteImage.FromTensor(drawn).ToTensor();
        ImageFile.Write(folder.PathOf("90.jpg"), first, 90);
        ImageFile.Write(folder.PathOf("91.jpg"), first, 91);
        byte[] stored = File.ReadAllBytes(Path.Combine(run.Folder, result.ReferenceFolder, "00.jpg"));
        Assert.Equal(File.ReadAllBytes(folder.PathOf("90.jpg")), stored);
        Assert.NotEqual(File.ReadAllBytes(folder.PathOf("91.jpg")), stored);
    }

    [Fact]
    public void Run_ImagesMissingBesideFinishedRecords_MakesThemAgain()
    {
        var settings = run.Settings(LossNames.L2) with { Applications = ["jpeg"] };
        run.Run(settings, grids => grids.Table(), TestContext.Current.CancellationToken);
        string images = Path.Combine(run.Folder, "images");
        Dictionary<string, byte[]> before = Contents();
        foreach (string folder in Directory.GetDirectories(images))
        {
            File.Delete(Path.Combine(folder, "01.jpg"));
        }

        // A report can be made meanwhile: it says what is missing.
        var data = new ReportData(new(run.Folder));
        Assert.Contains("run the experiment's command again", data.Warnings[0], StringComparison.Ordinal);
        var page = new StringWriter();
        ReportPage.Write(page, data);
        Assert.DoesNotContain("\"/9j/", page.ToString(), StringComparison.Ordinal);

        run.Run(settings, grids => grids.Table(), TestContext.Current.CancellationToken);
        Assert.Equal(before, Contents());
        Assert.Empty(new ReportData(new(run.Folder)).Warnings);

        Dictionary<string, byte[]> Contents() =>
            Directory.GetFiles(images, "*.jpg", SearchOption.AllDirectories).ToDictionary(f => f, File.ReadAllBytes);
    }

    [Fact]
    public void Page_OfMoreThanThirtyImages_HoldsTheFirstThirty()
    {
        var settings = run.Settings(LossNames.L2) with
        {
            Applications = ["jpeg"],
            Preset = TinyRun.Preset with { TestImages = TestImages, SyntheticImages = TestImages, SyntheticSide = 48 },
        };
        run.Run(settings, grids => grids.Table(), TestContext.Current.CancellationToken);
        var page = new StringWriter();

        ReportPage.Write(page, new ReportData(new(run.Folder)));

        // Unrestored, L2 and the reference.
        Assert.Equal(3 * 30, page.ToString().Split("\"/9j/").Length - 1);
    }
}
