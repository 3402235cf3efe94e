using Mdf.Data;
using Mdf.Degradations;
using Mdf.Models.Restoration;

namespace Mdf.Training.Restoration;

/// <summary>Pairs to evaluate a network on.</summary>
/// <param name="Pairs">The pairs, for the network's scale and channels.</param>
/// <param name="NameOf">Names a pair.</param>
/// <param name="Description">Identifies the pairs.</param>
internal sealed record EvaluatedPairs(ImagePairs Pairs, Func<int, string> NameOf, string Description)
{
    public static EvaluatedPairs Of(IImageSource images, Degradation degradation, RestorationNetwork network) =>
        new(new ImagePairs(images, degradation, network.Scale, network.Channels), images.NameOf, images.Description);

    public static EvaluatedPairs Of(IImagePairSource pairs, RestorationNetwork network) =>
        new(new ImagePairs(pairs, network.Scale, network.Channels), pairs.NameOf, pairs.Description);
}
