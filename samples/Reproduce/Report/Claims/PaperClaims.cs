namespace Reproduce.Report.Claims;

/// <summary>What the paper says, checked against the results. What they say nothing about is listed too.</summary>
internal static class PaperClaims
{
    /// <summary>How claims are checked, for whoever reads them.</summary>
    public const string Method =
        "Where a claim does not say how else, losses are compared image by image: one-tailed paired t-tests over the test images at 0.05, not corrected for their number. "
        + "Brackets hold 95 % bootstrap intervals of the mean difference. Open: the numbers say neither.";

    public static IReadOnlyList<Claim> Of(ReportData data) =>
    [
        .. SuperiorityClaims.Of(data.Tables),
        .. ScaleClaims.Of(data.Scales),
        .. SeedImageClaims.Of(data.Seeds),
        .. FactorClaims.Of(data.Lambdas),
        .. SensitivityClaims.Of(data),
        .. ManifoldClaims.Of(data),
        .. TrainingClaims.Of(data.Features),
    ];
}
