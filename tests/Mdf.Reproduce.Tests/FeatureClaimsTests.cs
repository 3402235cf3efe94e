using Reproduce.Manifold;
using Reproduce.Report.Claims;
using static Mdf.Reproduce.Tests.MadeUpRun;

namespace Mdf.Reproduce.Tests;

public sealed class FeatureClaimsTests : IDisposable
{
    private readonly MadeUpRun run = new();

    public void Dispose() => run.Dispose();

    [Theory]
    [InlineData(9, 7, 6, Verdict.Held)]
    [InlineData(7, 9, 6, Verdict.DidNotHold)]
    [InlineData(9, 9, 6, Verdict.Open)]
    internal void Sensitivity_OfJpegDiscriminators_ComparesContrastImageByImage(
        double contrast, double blur, double noise, Verdict expected)
    {
        run.AddSensitivity(OfMdf(), ("contrast", Around(contrast)), ("blur", Around(blur, 1)), ("noise", Around(noise, 2)));

        Claim claim = Assert.Single(SensitivityClaims.Of(run.Report()), c => c.Statement.Contains("jpeg.ckpt", StringComparison.Ordinal));

        Assert.Equal(expected, claim.Verdict);
    }

    [Theory]
    [InlineData(9, 8, 7, Verdict.Held)]
    [InlineData(9, 6, 7, Verdict.DidNotHold)]
    internal void Sensitivity_OfDenoisingDiscriminators_BlurAndNoiseBothComeFirst(
        double blur, double noise, double contrast, Verdict expected)
    {
        run.AddSensitivity(OfMdf("Ds_Denoise.pth"), ("blur", Around(blur)), ("noise", Around(noise, 1)), ("contrast", Around(contrast, 2)));

        Assert.Equal(
            expected, SensitivityClaims.Of(run.Report()).Single(c => c.Statement.Contains("Ds_Denoise", StringComparison.Ordinal)).Verdict);
    }

    [Fact]
    public void Sensitivity_OtherTasks_AreNotTested()
    {
        run.AddSensitivity(OfMdf(), ("contrast", Around(9)), ("blur", Around(8, 1)));

        Assert.Equal(2, SensitivityClaims.Of(run.Report()).Count(c => c.Verdict == Verdict.NotTested));
    }

    [Theory]
    [InlineData(0.95, 0.5, 0.6, Verdict.Held)]
    [InlineData(0.95, 0.95, 0.6, Verdict.DidNotHold)]
    [InlineData(0.6, 0.5, 0.6, Verdict.DidNotHold)]
    [InlineData(0.8, 0.5, 0.6, Verdict.Open)]
    internal void Manifold_OfMdf_IsJudgedByLimitsThatAreNamed(double jpeg, double blurred, double scrambled, Verdict expected)
    {
        run.AddManifold("MDF (jpeg.ckpt), averaged over channels", jpeg, blurred, scrambled);

        Claim claim = ManifoldClaims.Of(run.Report())[0];

        Assert.Equal(expected, claim.Verdict);
        Assert.Contains("not a test: 90 % and more counts as told apart, 70 % and less as not", claim.Evidence, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.5, 0.95, Verdict.Held)]
    [InlineData(0.95, 0.95, Verdict.DidNotHold)]
    internal void Manifold_OfSrgan_IsTheOtherWayRound(double jpeg, double scrambled, Verdict expected)
    {
        run.AddManifold(FeatureSource.SrganTitle, jpeg, 0.5, scrambled);

        Claim[] claims = [.. ManifoldClaims.Of(run.Report())];

        Assert.Equal(Verdict.NotTested, claims[0].Verdict);
        Assert.Equal(expected, claims[1].Verdict);
    }
}
