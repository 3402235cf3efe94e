namespace Reproduce.Losses;

/// <summary>Names of the losses of the paper's table, in its order.</summary>
internal static class LossNames
{
    public const string L2 = "L2";
    public const string L1 = "L1";
    public const string Ssim = "SSIM";
    public const string MsSsim = "MS-SSIM";
    public const string Vgg = "VGG";
    public const string Lpips = "LPIPS";
    public const string MsSsimL1 = "MS-SSIM+L1";
    public const string Mdf = "MDF";

    /// <summary>
    /// MDF with untrained discriminators whose statistics are those of photographs. Results call it MDF with such weights.
    /// </summary>
    public const string Untrained = "MDF-untrained";

    /// <summary>The losses of the paper, and the control.</summary>
    public static IReadOnlyList<string> WithControl => [.. All, Untrained];

    public static IReadOnlyList<string> All { get; } = [L2, L1, Ssim, MsSsim, Vgg, Lpips, MsSsimL1, Mdf];
}
