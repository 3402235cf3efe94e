using Mdf.TorchCompatibility;
using Reproduce.Report;
using Reproduce.Report.Sections;
using static Mdf.Reproduce.Tests.MadeUpRun;

namespace Mdf.Reproduce.Tests;

public sealed class SummaryTests : IDisposable
{
    // As published for JPEG removal on BSD.
    private const string PaperOfL2 = "25.64";
    private const string PaperOfMdf = "25.75";

    private readonly MadeUpRun run = new();

    public SummaryTests() => run
        .Add(null, Around(24), Around(0.5))
        .Add(L2, Around(26), Around(0.25, 1))
        .Add(L1, Around(25), Around(0.3, 2))
        .Add(OfMdf(), Around(27, 1), Around(0.28, 0));

    public void Dispose() => run.Dispose();

    [Fact]
    public void Page_BestAndSecond_AreMarkedByTheMeasuresDirection()
    {
        string page = SummarySection.Of(run.Report())!;

        Assert.Equal(["0.250", "27.00", "0.6750"], Marked(page, "best"));
        Assert.Equal(["26.00", "0.6500", "0.280"], Marked(page, "second"));
    }

    [Fact]
    public void Page_EqualValues_NoneIsBest()
    {
        using var equal = new MadeUpRun();
        equal.Add(L2, Around(26), Around(0.25)).Add(L1, Around(26), Around(0.25));

        string page = SummarySection.Of(equal.Report())!;

        Assert.Empty(Marked(page, "best"));
        Assert.Empty(Marked(page, "second"));
    }

    [Fact]
    public void Page_ThePapersNumbers_StandBelowThoseOfTheirLoss()
    {
        string page = SummarySection.Of(run.Report())!;

        Assert.Matches(
            $"26\\.00</span>[^/]*</span><small>[^<]*</small><small>paper {PaperOfL2.Replace(".", "\\.", StringComparison.Ordinal)}</small>",
            page);
        Assert.Matches(
            @"27\.00</span>[^/]*</span><small>[^<]*</small>"
            + $"<small>paper {PaperOfMdf.Replace(".", "\\.", StringComparison.Ordinal)}</small>",
            page);
        Assert.Contains("<small>paper .293</small>", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Markdown_BestSecondPaperAndSignificance_AreInTheirRows()
    {
        string[] lines = MarkdownTables.Of(run.Report()).Split('\n');

        string l2 = Assert.Single(
            lines,
            l =>
                l.StartsWith("| L2 |", StringComparison.Ordinal)), l1 = Assert.Single(lines, l =>
                    l.StartsWith("| L1 |", StringComparison.Ordinal));
        string mdf = Assert.Single(lines, l => l.StartsWith("| MDF (jpeg.ckpt) |", StringComparison.Ordinal));
        Assert.Contains("| *26.00* [", l2, StringComparison.Ordinal);
        Assert.Contains("| **0.250** [", l2, StringComparison.Ordinal);
        Assert.Matches(@"\*\*\* \| 25\.64 / \.316 \|$", l2);
        Assert.Contains("| 25.00 [", l1, StringComparison.Ordinal);
        Assert.Contains("| **27.00** [", mdf, StringComparison.Ordinal);
        Assert.Contains("| *0.280* [", mdf, StringComparison.Ordinal);
        Assert.EndsWith("|  | 25.75 / .293 |", mdf, StringComparison.Ordinal);
    }

    [Fact]
    public void PageAndMarkdown_UntrainedDiscriminators_HaveNoNumbersOfThePaper()
    {
        using var control = new MadeUpRun();
        control.Add(OfMdf("untrained, seed 1", ""), Around(26));

        Assert.DoesNotContain(PaperOfMdf, SummarySection.Of(control.Report())!, StringComparison.Ordinal);
        Assert.DoesNotContain(PaperOfMdf, MarkdownTables.Of(control.Report()), StringComparison.Ordinal);
    }

    [Fact]
    public void Markdown_TrainedAndUntrained_HasDifferencesWithIntervals()
    {
        run.Add(OfMdf("untrained, seed 1", ""), Around(26.5));

        string[] lines = MarkdownTables.Of(run.Report()).Split('\n');

        Assert.Contains("| Loss | PSNR (dB) | from L2 | from MDF (untrained, seed 1) |", lines);
        Assert.Contains(lines, l => l.StartsWith("| MDF (jpeg.ckpt) | 27.00 [", StringComparison.Ordinal)
            && l.Contains("| +1.000 [", StringComparison.Ordinal) && l.Contains("| +0.500 [", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("EDSR", "DIV2K", "L2", "28.70", ".342")]
    [InlineData("JPEG", "BSD", "MDF", "25.75", ".293")]
    [InlineData("Denoise", "DPED", "MS-SSIM+L1", "31.15", ".203")]
    public void PaperTable_ACell_IsAsPublished(string row, string dataset, string loss, string psnr, string lpips) =>
        Assert.Equal((psnr, lpips), PaperTable.Find(row, dataset, loss));

    [Theory]
    [InlineData(null, "BSD", "L2")]
    [InlineData("JPEG", "other", "L2")]
    [InlineData("JPEG", "BSD", "L2 + VGG")]
    public void PaperTable_WhatThePaperLacks_IsNull(string? row, string dataset, string loss) =>
        Assert.Null(PaperTable.Find(row, dataset, loss));

    private static string[] Marked(string page, string style) =>
        [.. page.Split($"<td><span class=\"{style}\">").Skip(1).Select(p => p[..p.IndexOf('<', StringComparison.Ordinal)])];
}
