using System.Text.RegularExpressions;
using Reproduce.Report.Charts;

namespace Mdf.Reproduce.Tests;

public sealed class ViolinPlotTests
{
    private static readonly double[] Values = [1, 2, 3];

    [Theory]
    [InlineData("MS-SSIM+L1", "MS-SSIM+L1")]
    [InlineData("MDF jpeg BFloat16", "MDF jpeg", "BFloat16")]
    [InlineData("MDF untrained, seed 1", "MDF untrained,", "seed 1")]
    [InlineData("MDF 0123456789abcdefghij", "MDF", "0123456789abcd…")]
    [InlineData("0123456789abcdefghij", "0123456789abcd…")]
    public void Draw_AnyName_StandsBeforeItsRowInPiecesThatFit(string name, params string[] lines)
    {
        string svg = new ViolinPlot { Title = "title", Across = "across", Rows = [(name, Values, "", true)] }.Draw();

        Assert.Equal(
            lines,
            Regex.Matches(svg, "class=\"row strong\">(.*?)</text>").Select(m => System.Net.WebUtility.HtmlDecode(m.Groups[1].Value)));
        Assert.Contains($"<title>{name}: mean", svg, StringComparison.Ordinal);
    }
}
