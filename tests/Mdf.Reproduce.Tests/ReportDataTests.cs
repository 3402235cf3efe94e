using Mdf.Losses;
using Mdf.TorchCompatibility;
using Reproduce.Experiments;
using Reproduce.Losses;
using Reproduce.Report;
using static Mdf.Reproduce.Tests.MadeUpRun;

namespace Mdf.Reproduce.Tests;

public sealed class ReportDataTests : IDisposable
{
    private readonly MadeUpRun run = new();

    public void Dispose() => run.Dispose();

    [Fact]
    public void Labels_NothingToConfuse_AreNames()
    {
        run.Add(L2, Around(26)).Add(OfMdf(), Around(26, 1)).Add(OfMdf("Ds_JPEG.pth", "f"), Around(26, 2));

        Assert.Equal(["L2", "MDF (jpeg.ckpt)", "MDF (Ds_JPEG.pth)"], Labels());
    }

    [Fact]
    public void Labels_WeightsOfOneName_HaveTheirChecksums()
    {
        run.Add(OfMdf(), Around(26)).Add(OfMdf(checksum: "fedcba9876543210"), Around(27, 1)).Add(OfMdf("other.ckpt", "1"), Around(27, 2));

        Assert.Equal(["MDF (jpeg.ckpt, 01234567)", "MDF (jpeg.ckpt, fedcba98)", "MDF (other.ckpt)"], Labels());
    }

    [Fact]
    public void Labels_OneFileInTwoPrecisions_HaveThem()
    {
        run.Add(OfMdf(), Around(26)).Add(OfMdf() with { Precision = MdfPrecision.BFloat16WhereFaster }, Around(27, 1));

        Assert.Equal(["MDF (jpeg.ckpt, full precision)", "MDF (jpeg.ckpt, BFloat16)"], Labels());
    }

    [Fact]
    public void Scales_WeightsOfOneName_AreCurvesOfTheirOwn()
    {
        foreach (int scales in (int[])[1, 8])
        {
            run.Add(OfMdf(scales: scales), Around(26, scales)).Add(
                OfMdf(checksum: "fedcba9876543210", scales: scales), Around(27, scales + 1));
        }

        ReportData data = run.Report();

        Assert.Equal(2, global::Reproduce.Report.Claims.ScaleClaims.Of(data.Scales).Count());
        string section = global::Reproduce.Report.Sections.AblationSection.Of(data)!;
        Assert.Contains("MDF (jpeg.ckpt, 01234567)", section, StringComparison.Ordinal);
        Assert.Contains("MDF (jpeg.ckpt, fedcba98)", section, StringComparison.Ordinal);
    }

    [Fact]
    public void Tables_AnAblationThatIsNotFinished_StandsThereWithItsScales()
    {
        run.Add(L2, Around(26)).Add(OfMdf(scales: 1), Around(26, 1)).Add(OfMdf(scales: 3), Around(27, 2));
        Assert.Equal(["L2", "MDF (jpeg.ckpt, 3 scales)"], Labels());

        run.Add(OfMdf(), Around(28, 3));
        Assert.Equal(["L2", "MDF (jpeg.ckpt)"], Labels());
    }

    [Fact]
    public void Ours_PackagedWeightsAmongOthersOfTheirName_IsByTheChecksum()
    {
        string packaged = DiscriminatorWeights.PackagedChecksum("jpeg.ckpt")!;
        run.Add(L2, Around(26)).Add(OfMdf(checksum: "0000000000000000"), Around(26, 1)).Add(OfMdf(checksum: packaged), Around(26, 2));

        Assert.Equal(packaged, Assert.Single(run.Report().Tables).Ours!.Loss!.Checksum);
    }

    [Fact]
    public void Unrestored_MeasuredWithAndWithoutLpips_IsThatWithIt()
    {
        run.Add(null, Around(24)).Add(null, Around(24), Around(0.4)).Add(L2, Around(26), Around(0.3));

        Assert.NotNull(Assert.Single(run.Report().Tables).Unrestored!.Run.Lpips);
    }

    [Fact]
    public void Presets_RunsAsInOne_AreNamedWithoutDepartures()
    {
        using var whole = new MadeUpRun();
        whole.Add(L2, [.. Around(26), .. Around(25)]);

        PresetUse use = Assert.Single(whole.Report().Presets);

        Assert.Equal(("cpu", 0), (use.Preset.Name, use.Departures.Count));
    }

    [Fact]
    public void Presets_OtherStepsAndImages_AreTold()
    {
        using var changed = new MadeUpRun { Training = run.Training with { Steps = 600 } };
        changed.Add(L2, Around(26));

        Assert.Equal(
            [
                "JPEG removal, DnCNN, quality 10: steps 600 instead of 2,000",
                "JPEG removal, DnCNN, quality 10, BSD: test images 10 instead of 20"
            ],
            Assert.Single(changed.Report().Presets).Departures);
    }

    [Fact]
    public void Environments_TrainedOnAnotherMachine_AreBothTold()
    {
        using var elsewhere =
            new MadeUpRun { TrainingEnvironment = ExperimentEnvironment.Current(TimeSpan.Zero) with { Device = "cuda", Threads = 1 } };
        ReportData data = elsewhere.Add(L2, Around(26)).Report();

        foreach (string text in (string[])[global::Reproduce.Report.Sections.RunsSection.Of(data), MarkdownTables.Of(data)])
        {
            Assert.Contains("1 thread; device cuda", text, StringComparison.Ordinal);
            Assert.Contains("; device cpu", text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Presets_ANetworkOfNone_IsOfNone()
    {
        using var other =
            new MadeUpRun { Training = run.Training with { Network = new Models.Restoration.DnCnnOptions { Layers = 5, Width = 24 } } };

        Assert.Empty(other.Add(L2, Around(26)).Report().Presets);
    }

    private string[] Labels() => [.. Assert.Single(run.Report().Tables).Columns.Select(c => c.Label)];
}
