using Mdf.Losses;
using Reproduce.Losses;
using Reproduce.Report.Claims;
using static Mdf.Reproduce.Tests.MadeUpRun;

namespace Mdf.Reproduce.Tests;

public sealed class AblationClaimsTests : IDisposable
{
    private readonly MadeUpRun run = new();

    public void Dispose() => run.Dispose();

    [Theory]
    [InlineData(25.5, 25.8, Verdict.Held)]
    [InlineData(25.5, 26.2, Verdict.DidNotHold)]
    [InlineData(26.2, 25.5, Verdict.DidNotHold)]
    [InlineData(25.5, 26.0, Verdict.Open)]
    internal void AllScales_AgainstFewer_AreComparedWithEach(double one, double three, Verdict expected)
    {
        run.Add(OfMdf(scales: 1), Around(one)).Add(OfMdf(scales: 3), Around(three, 1)).Add(OfMdf(), Around(26, 2));

        Assert.Equal(expected, Assert.Single(ScaleClaims.Of(run.Report().Scales)).Verdict);
    }

    [Fact]
    public void AllScales_TheLargestIsNotAllOfThem_IsNotTested()
    {
        run.Add(OfMdf(scales: 1), Around(25)).Add(OfMdf(scales: 5), Around(26, 1));

        Claim claim = Assert.Single(ScaleClaims.Of(run.Report().Scales));

        Assert.Equal(Verdict.NotTested, claim.Verdict);
        Assert.Contains("all 8", claim.Evidence, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(26.03, 26.02, Verdict.Held)]
    [InlineData(25.5, 26.02, Verdict.Held)]
    [InlineData(26.3, 26.02, Verdict.DidNotHold)]
    [InlineData(26.02, 26.3, Verdict.DidNotHold)]
    [InlineData(26.1, 26.02, Verdict.Open)]
    internal void OneSeedImage_AgainstMore_IsComparedWithEach(double two, double four, Verdict expected)
    {
        run.Add(Seeds(1), Around(26)).Add(Seeds(2), Around(two, 1)).Add(Seeds(4), Around(four, 2));

        Assert.Equal(expected, Assert.Single(SeedImageClaims.Of(run.Report().Seeds)).Verdict);
    }

    [Fact]
    public void OneSeedImage_OneWasNotRun_IsNotTested()
    {
        run.Add(Seeds(2), Around(26)).Add(Seeds(4), Around(26, 1));

        Claim claim = Assert.Single(SeedImageClaims.Of(run.Report().Seeds));

        Assert.Equal(Verdict.NotTested, claim.Verdict);
        Assert.Contains("of one image", claim.Evidence, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(27, Verdict.Held)]
    [InlineData(25, Verdict.DidNotHold)]
    [InlineData(26, Verdict.Open)]
    internal void Training_AgainstUntrained_IsWhatTheTestSays(double trained, Verdict expected)
    {
        run.Add(Untrained, Around(26)).Add(OfMdf(), Around(trained, 1)).Add(L2, Around(26.5, 2));

        Assert.Equal(expected, Assert.Single(TrainingClaims.Of(run.Report().Features)).Verdict);
    }

    [Fact]
    public void Training_TrainedOfAnotherPrecision_IsNotTested()
    {
        run.Add(Untrained, Around(26)).Add(OfMdf() with { Precision = MdfPrecision.BFloat16WhereFaster }, Around(27, 1));

        Assert.Equal(Verdict.NotTested, Assert.Single(TrainingClaims.Of(run.Report().Features)).Verdict);
    }

    [Theory]
    [InlineData(LossNames.Vgg, 26, 25.8, Verdict.Held)]
    [InlineData(LossNames.Vgg, 26, 26.3, Verdict.DidNotHold)]
    [InlineData(LossNames.Lpips, 26.3, 26, Verdict.DidNotHold)]
    [InlineData(LossNames.Lpips, 25.8, 26, Verdict.Held)]
    [InlineData(LossNames.Lpips, 26, 26, Verdict.Open)]
    internal void Factor_OfVggAndLpips_HasAnOptimumToMeet(string name, double one, double tenth, Verdict expected)
    {
        run.Add(Mixed(name, 1), Around(one)).Add(Mixed(name, 0.1), Around(tenth, 1)).Add(Mixed(name, 10), Around(25, 2));

        Claim[] claims = [.. FactorClaims.Of(run.Report().Lambdas)];

        Assert.Equal(expected, claims.Single(c => c.Statement.Contains($"L2 + {name} ", StringComparison.Ordinal)).Verdict);
        Assert.Equal(Verdict.NotTested, claims.Single(c => !c.Statement.Contains($"L2 + {name} ", StringComparison.Ordinal)).Verdict);
    }

    [Fact]
    public void Claims_NothingWasRun_AreAllListedAsNotTested()
    {
        IReadOnlyList<Claim> claims = PaperClaims.Of(run.Report());

        Assert.All(claims, c => Assert.Equal(Verdict.NotTested, c.Verdict));
        Assert.Equal(11, claims.Count);
        Assert.Contains(claims, c => c.Evidence.Contains("vgg16", StringComparison.Ordinal));
        Assert.Contains(claims, c => c.Evidence.Contains("`ablation seeds` was not run", StringComparison.Ordinal));
    }

    private static LossDescription Untrained => OfMdf("untrained, seed 1", "");

    private static LossDescription Seeds(int count) => OfMdf($"{count} seed images", $"{count}") with { SeedImages = count };

    private static LossDescription Mixed(string name, double factor) =>
        new() { Name = $"L2 + {name}", Weights = "file.pth", Checksum = "1", Factor = factor };
}
