using Mdf.Degradations;
using Mdf.Losses;
using TorchSharp;
using static TorchSharp.torch;

namespace RestoreImages;

/// <summary>Creates losses by name.</summary>
internal static class NamedLosses
{
    private const string Mdf = "mdf";

    private static readonly OrderedDictionary<string, Func<string?, MdfPrecision, Loss<Tensor, Tensor, Tensor>>> Losses = new()
    {
        [Mdf] = (weights, precision) => new MdfLoss(weights!, new MdfLossOptions { Precision = precision }),
        ["l1"] = (_, _) => new L1Loss(),
        ["l2"] = (_, _) => new L2Loss(),
        ["charbonnier"] = (_, _) => new CharbonnierLoss(),
        ["ssim"] = (_, _) => new SsimLoss(),
        ["ms-ssim"] = (_, _) => new MsSsimLoss(),
        ["ms-ssim-l1"] = (_, _) => new MsSsimL1Loss(),
        ["ffl"] = (_, _) => new FocalFrequencyLoss(),
        ["vgg"] = (weights, _) => new VggLoss(weights),
        ["lpips"] = (weights, _) => new LpipsLoss(backbone: weights),
    };

    public static string[] Names => [.. Losses.Keys];

    /// <summary>Returns the name of the packaged weights for a degradation if the loss is MDF; null for other losses.</summary>
    public static string? DefaultWeights(string name, Degradation degradation) => name != Mdf ? null : degradation switch
    {
        GaussianNoise => "denoise.ckpt",
        BicubicDownsampling => "sisr.ckpt",
        _ => "jpeg.ckpt",
    };

    public static Loss<Tensor, Tensor, Tensor> Create(string name, string? weights, MdfPrecision precision) =>
        Losses[name](weights, precision);
}
