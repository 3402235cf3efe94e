namespace Reproduce.Report.Claims;

/// <summary>Checks the paper's claims against the results. Claims without results are included as not tested.</summary>
internal static class PaperClaims
{
    /// <summary>Explains to readers of the report how claims are checked.</summary>
    public const string Method =
        "Unless a claim says otherwise, losses are compared image by image: one-tailed paired t-tests over the test images at 0.05, not "
        + "corrected for the number of tests. Brackets hold 95 % bootstrap intervals of the mean difference. "
        + "Open: the results decide neither way.";

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
