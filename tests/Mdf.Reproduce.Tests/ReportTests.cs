namespace Mdf.Reproduce.Tests;

public sealed class ReportTests(FinishedRun run)
{
    [Fact]
    public void Page_OfAllExperiments_NamesNoOtherPlace()
    {
        string page = File.ReadAllText(run.Page);

        Assert.DoesNotContain("http://", page, StringComparison.Ordinal);
        Assert.DoesNotContain("https://", page, StringComparison.Ordinal);
        Assert.DoesNotContain("src=\"/", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Markdown_OfAllExperiments_HasATableOfEach()
    {
        string[] lines = File.ReadAllLines(run.Markdown);

        Assert.Contains("## What held", lines);
        Assert.Contains(lines, l => l.StartsWith("## Trained and untrained discriminators: ", StringComparison.Ordinal));
        Assert.Contains(lines, l => l.Contains("| PSNR, 5th percentile | p, MDF (", StringComparison.Ordinal));
        Assert.Contains("## Sensitivity", lines);
        Assert.Contains("## Manifold", lines);
        Assert.Contains(lines, l => l.StartsWith("## Scales: ", StringComparison.Ordinal));
        Assert.Contains(lines, l => l.StartsWith("## Seed images: ", StringComparison.Ordinal));

        // Every row has as many cells as the head of its table.
        for (int i = 1; i < lines.Length; i++)
        {
            if (lines[i].StartsWith('|') && lines[i - 1].StartsWith('|'))
            {
                Assert.Equal(lines[i - 1].Count(c => c == '|'), lines[i].Count(c => c == '|'));
            }
        }
    }
}
