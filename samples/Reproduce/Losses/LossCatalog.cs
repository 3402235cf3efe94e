using Mdf.Losses;
using Mdf.Metrics;
using Mdf.Models.Perceptual;
using Mdf.TorchCompatibility;
using Reproduce.Experiments;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Losses;

/// <summary>Creates the losses of the paper whose weights are available.</summary>
internal sealed class LossCatalog
{
    private readonly Dictionary<string, LossChoice> available = [];
    private readonly List<MissingLoss> missing = [];

    /// <summary>Finds the available losses for images of a given size.</summary>
    /// <param name="side">Shorter side of the images, which limits the number of scales of MS-SSIM.</param>
    public LossCatalog(int side)
    {
        MultiScaleStructuralSimilarityOptions similarity = ScalesFor(side);
        Add(LossNames.L2, null, r => new L2Loss(new LossOptions { Reduction = r }));
        Add(LossNames.L1, null, r => new L1Loss(new LossOptions { Reduction = r }));
        Add(LossNames.Ssim, null, r => new SsimLoss(new SsimLossOptions { Reduction = r }));
        Add(
            LossNames.MsSsim,
            similarity.ScaleCount,
            r => new MsSsimLoss(new MsSsimLossOptions { Reduction = r, Similarity = similarity }));
        AddPretrained(LossNames.Vgg, PretrainedWeights.Vgg16, r => new VggLoss(options: new VggLossOptions { Reduction = r }));
        AddPretrained(LossNames.Lpips, PretrainedWeights.AlexNet, r => new LpipsLoss(options: new LpipsLossOptions { Reduction = r }));
        Add(
            LossNames.MsSsimL1,
            similarity.ScaleCount,
            r => new MsSsimL1Loss(new MsSsimL1LossOptions { Reduction = r, Similarity = similarity }));
    }

    /// <summary>Losses whose weight files were not found.</summary>
    public IReadOnlyList<MissingLoss> Missing => missing;

    /// <summary>Returns a loss other than MDF by name; null if it is not available.</summary>
    public LossChoice? Find(string name) => available.GetValueOrDefault(name);

    /// <summary>Returns the sum of L2 and a multiple of another loss.</summary>
    public static LossChoice Mix(LossChoice other, double factor) => new(
        other.Description with { Name = $"{LossNames.L2} + {other.Description.Name}", Factor = factor },
        r => new L2Loss(new LossOptions { Reduction = r }).Plus(factor, other.Create(r)));

    // Uses as many of the five published scales as the size permits.
    private static MultiScaleStructuralSimilarityOptions ScalesFor(int side)
    {
        var published = new MultiScaleStructuralSimilarityOptions();
        int count = Enumerable.Range(1, published.ScaleWeights.Count)
            .Last(n => n == 1 || (published with { ScaleCount = n }).MinimumSide <= side);
        return published with { ScaleCount = count };
    }

    private void Add(string name, int? scales, Func<nn.Reduction, Loss<Tensor, Tensor, Tensor>> create) =>
        available.Add(name, new LossChoice(new LossDescription { Name = name, Scales = scales }, create));

    private void AddPretrained(string name, PretrainedFile file, Func<nn.Reduction, Loss<Tensor, Tensor, Tensor>> create)
    {
        string path = Path.Combine(PretrainedWeights.Folder, file.Name);
        if (!File.Exists(path))
        {
            missing.Add(new MissingLoss(
                name, $"needs {file.Name} ({file.Source}) in the folder that {PretrainedWeights.FolderVariable} names"));
            return;
        }

        available.Add(name, new LossChoice(
            new LossDescription { Name = name, Weights = file.Name, Checksum = ExperimentIdentity.OfFile(path) }, create));
    }
}
