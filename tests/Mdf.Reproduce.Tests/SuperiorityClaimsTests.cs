using Mdf.TorchCompatibility;
using Reproduce.Report.Claims;
using static Mdf.Reproduce.Tests.MadeUpRun;

namespace Mdf.Reproduce.Tests;

public sealed class SuperiorityClaimsTests : IDisposable
{
    private readonly MadeUpRun run = new();

    public void Dispose() => run.Dispose();

    [Theory]
    [InlineData(26.5, Verdict.Held)]
    [InlineData(25.0, Verdict.DidNotHold)]
    [InlineData(26.0, Verdict.Open)]
    internal void HighestPsnr_BesideTwoLosses_IsWhatTheTestsSay(double mdf, Verdict expected)
    {
        run.Add(L2, Around(26)).Add(L1, Around(25.9, 1)).Add(OfMdf(), Around(mdf, 2));

        Claim claim = Only("highest PSNR");

        Assert.Equal(expected, claim.Verdict);
        Assert.Contains("against the best other, L2, ", claim.Evidence, StringComparison.Ordinal);
        Assert.Contains("not compared with SSIM, MS-SSIM, VGG, LPIPS, MS-SSIM+L1", claim.Evidence, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.20, Verdict.Held)]
    [InlineData(0.40, Verdict.DidNotHold)]
    [InlineData(0.30, Verdict.Open)]
    internal void LowestLpips_Measured_LowerIsBetter(double mdf, Verdict expected)
    {
        run.Add(L2, Around(26), Around(0.3)).Add(L1, Around(26, 1), Around(0.35, 1)).Add(OfMdf(), Around(26, 2), Around(mdf, 2));

        Claim claim = Only("lowest LPIPS");

        Assert.Equal(expected, claim.Verdict);
        Assert.Contains("against the best other, L2, ", claim.Evidence, StringComparison.Ordinal);
    }

    [Fact]
    public void LowestLpips_NotMeasured_IsListedAsNotTestedWithTheReason()
    {
        run.Add(L2, Around(26)).Add(OfMdf(), Around(27, 1));

        Claim claim = Only("lowest LPIPS");

        Assert.Equal(Verdict.NotTested, claim.Verdict);
        Assert.Contains("alexnet", claim.Evidence, StringComparison.Ordinal);
    }

    [Fact]
    public void HighestPsnr_SeveralWeights_HasAVerdictForEach()
    {
        run.Add(L2, Around(26)).Add(OfMdf(), Around(27, 1)).Add(OfMdf("Ds_JPEG.pth", "fedcba9876543210"), Around(25, 2));

        Claim[] claims = [.. Claims("highest PSNR")];

        Assert.Equal([Verdict.Held, Verdict.DidNotHold], claims.Select(c => c.Verdict));
        Assert.Contains("MDF (jpeg.ckpt)", claims[0].Statement, StringComparison.Ordinal);
        Assert.Contains("MDF (Ds_JPEG.pth)", claims[1].Statement, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_OnlyMdfOrOneImageOrNothing_IsNotTested()
    {
        Assert.Equal(Verdict.NotTested, PaperClaims.Of(run.Report())[0].Verdict);

        run.Add(OfMdf(), Around(27));
        Assert.Contains("no network was trained with another loss", PaperClaims.Of(run.Report())[0].Evidence, StringComparison.Ordinal);

        using var one = new MadeUpRun();
        one.Add(OfMdf(), [27]).Add(L2, [26]);
        Assert.Contains("one test image", PaperClaims.Of(one.Report())[0].Evidence, StringComparison.Ordinal);
    }

    private Claim Only(string words) => Assert.Single(Claims(words));

    private IEnumerable<Claim> Claims(string words) =>
        SuperiorityClaims.Of(run.Report().Tables).Where(c => c.Statement.EndsWith(words, StringComparison.Ordinal));
}
