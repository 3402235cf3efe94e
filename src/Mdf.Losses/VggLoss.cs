using Mdf.Losses.Features;
using Mdf.Losses.Perceptual;
using Mdf.Models.Perceptual;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using static TorchSharp.torch;

namespace Mdf.Losses;

/// <summary>
/// The VGG loss, also called perceptual or content loss: how far the features of two images are apart in a network that was trained to
/// recognise objects, <c>sum_l w_l mean((F_l(x) - F_l(y))^2)</c>. Images are RGB in [0, 1]; they are normalised for the network here.
/// </summary>
/// <remarks>
/// Johnson, Alahi and Fei-Fei, "Perceptual Losses for Real-Time Style Transfer and Super-Resolution", 2016. With
/// <see cref="VggLossOptions.Resizes"/> it is what the authors of MDF compare with. The gradient of the restored images is computed along
/// with the loss, a few images at a time, and <c>backward</c> only scales it.
/// </remarks>
public sealed class VggLoss : FeatureLoss
{
    /// <summary>Creates the loss from a file.</summary>
    /// <param name="weights">
    /// torchvision's file or another of the same names, <c>.pth</c> or safetensors; null for the one that <see cref="PretrainedWeights"/>
    /// has.
    /// </param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <param name="logger">Is told what was loaded; null for silence.</param>
    /// <exception cref="FileNotFoundException">There is no such file; the message says how to get it and where to put it.</exception>
    /// <exception cref="Mdf.Checkpoints.CheckpointFormatException">The file is damaged or lacks weights, which are named.</exception>
    /// <exception cref="ArgumentException">An option is out of its range, or a weight is not finite.</exception>
    public VggLoss(string? weights = null, VggLossOptions? options = null, ILogger? logger = null)
        : this(Load(ref weights, options ??= new VggLossOptions()), options)
    {
        (logger ?? NullLogger.Instance).LoadedVgg(options.Network, weights!);
    }

    /// <summary>Creates the loss from a network in memory, which it copies.</summary>
    /// <param name="network">The network; it stays the caller's. Any that has the layers will do; <see cref="VggLossOptions.Network"/> is ignored.</param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <exception cref="ArgumentException">An option is out of its range, or a weight is not finite.</exception>
    public VggLoss(FeatureNetwork network, VggLossOptions? options = null)
        : this(Copy(network, options ??= new VggLossOptions()), options)
    {
    }

    private VggLoss(PerceptualNetwork network, VggLossOptions options)
        : base(options, network)
    {
        Options = options;
    }

    /// <summary>The settings it was made with.</summary>
    public VggLossOptions Options { get; }

    /// <summary>The parts the loss is the sum of: how much each layer contributes.</summary>
    /// <param name="restored">As in <see cref="ImageLoss.forward(Tensor, Tensor)"/>.</param>
    /// <param name="reference">As in <see cref="ImageLoss.forward(Tensor, Tensor)"/>.</param>
    /// <returns>(N, layers), in the order of <see cref="VggLossOptions.Layers"/>, their weights included.</returns>
    /// <exception cref="ArgumentException">Shape, type or device are not as described.</exception>
    public Tensor Terms(Tensor restored, Tensor reference) => LayerTermsOf(restored, reference);

    private static PerceptualNetwork Load(ref string? weights, VggLossOptions options)
    {
        OptionChecks.RequireDefined(options.Network);
        bool is16 = options.Network == VggNetwork.Vgg16;
        Check(options, is16 ? Vgg16Features.AllLayers : Vgg19Features.AllLayers);
        using FeatureNetwork network = is16 ? new Vgg16Features(options.Layers) : new Vgg19Features(options.Layers);
        weights = PretrainedWeights.Find(is16 ? PretrainedWeights.Vgg16 : PretrainedWeights.Vgg19, weights);
        network.LoadWeights(weights);
        return Copy(network, options);
    }

    private static PerceptualNetwork Copy(FeatureNetwork network, VggLossOptions options)
    {
        ArgumentNullException.ThrowIfNull(network);
        Check(options, network.Layers);
        return new PerceptualNetwork(
            network,
            options.Layers.Count,
            (copy, precision, device) => new VggExtractor(copy, options, precision, device),
            options.WorkingMemory,
            options.Resizes ? VggExtractor.ResizedSide : null);
    }

    private static void Check(VggLossOptions options, IReadOnlyList<string> layers)
    {
        OptionChecks.RequireDefined(options.Distance);
        OptionChecks.RequireDefined(options.Reduction);
        WorkingMemory.Require(options.WorkingMemory);
        OptionChecks.RequireNotNull(options.Layers);
        OptionChecks.Require(
            options.Layers.Count > 0 && options.Layers.Distinct().Count() == options.Layers.Count && options.Layers.All(layers.Contains),
            $"[{string.Join(", ", options.Layers)}]",
            $"one or more of {string.Join(", ", layers)}, each once",
            nameof(options.Layers));
        if (options.LayerWeights is { } layerWeights)
        {
            OptionChecks.Require(
                layerWeights.Count == options.Layers.Count && layerWeights.All(w => w >= 0 && double.IsFinite(w)) && layerWeights.Any(w => w > 0),
                $"[{string.Join(", ", layerWeights)}]",
                $"{options.Layers.Count} finite numbers of 0 or more, one at least above 0",
                nameof(options.LayerWeights));
        }
    }
}
