using Mdf.Guards;
using Mdf.Losses.Features;
using Mdf.Losses.Perceptual;
using Mdf.Models.Perceptual;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using static TorchSharp.torch;

namespace Mdf.Losses;

/// <summary>
/// The VGG loss, also called perceptual or content loss: the distance between the feature maps of two images in a classification network,
/// <c>sum_l w_l mean((F_l(x) - F_l(y))^2)</c>. Images are (N, 3, H, W), RGB in [0, 1], or (N, 1, H, W), grey,
/// which the loss repeats to RGB; the loss normalises the images for the network.
/// </summary>
/// <remarks>
/// Johnson, Alahi and Fei-Fei, "Perceptual Losses for Real-Time Style Transfer and Super-Resolution", 2016. With
/// <see cref="VggLossOptions.Resizes"/> this class is the VGG loss that the authors of MDF compare with. <c>forward</c> computes the
/// gradient of the restored images along with the loss, a few images at a time, and <c>backward</c> only scales that gradient.
/// </remarks>
public sealed class VggLoss : FeatureLoss
{
    /// <summary>Creates the loss from a file of weights.</summary>
    /// <param name="weights">
    /// Path of the network's weights, <c>.pth</c> or safetensors with torchvision's parameter names; null for the file that
    /// <see cref="PretrainedWeights"/> finds.
    /// </param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <param name="logger">Logs which weights were loaded; null disables logging.</param>
    /// <exception cref="FileNotFoundException">
    /// The network's weights are missing; the message says how to get the file and where to put it.
    /// </exception>
    /// <exception cref="Mdf.Checkpoints.CheckpointFormatException">
    /// The file is damaged or lacks weights; the message names the missing weights.
    /// </exception>
    /// <exception cref="ArgumentException">An option is out of its range, or a weight is not finite.</exception>
    public VggLoss(string? weights = null, VggLossOptions? options = null, ILogger? logger = null)
        : this(Load(ref weights, options ??= new VggLossOptions()), options)
    {
        logger ??= NullLogger.Instance;
        logger.LoadedVgg(options.Network, weights!);
        logger.LogKernels();
    }

    /// <summary>Creates the loss from a copy of a network in memory.</summary>
    /// <param name="network">
    /// Any network that has the layers <see cref="VggLossOptions.Layers"/>. The caller keeps ownership of the network.
    /// </param>
    /// <param name="options">Settings; null for the defaults. <see cref="VggLossOptions.Network"/> is ignored.</param>
    /// <exception cref="ArgumentException">An option is out of its range, or a weight is not finite.</exception>
    public VggLoss(FeatureNetwork network, VggLossOptions? options = null)
        : this(Copy(network, options ??= new VggLossOptions()), options)
    {
    }

    private VggLoss(PerceptualNetwork network, VggLossOptions options)
        : base(options, network, usesGraph: options.Execution == MdfExecution.Graph)
    {
        Options = options;
    }

    /// <summary>The settings of the loss.</summary>
    public VggLossOptions Options { get; }

    /// <summary>Computes each layer's weighted contribution to each image's loss; the loss is the sum of the contributions.</summary>
    /// <param name="restored">Restored images, (N, 3, H, W), RGB in [0, 1], or (N, 1, H, W), grey.</param>
    /// <param name="reference">Reference images of the same shape, type and device.</param>
    /// <returns>(N, L), in the order of the L layers of <see cref="VggLossOptions.Layers"/>.</returns>
    /// <exception cref="ArgumentException">An image tensor has a wrong shape, type or device.</exception>
    public Tensor Terms(Tensor restored, Tensor reference) => LayerTermsOf(restored, reference);

    private static PerceptualNetwork Load(ref string? weights, VggLossOptions options)
    {
        Guard.Defined(options.Network);
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
        Guard.Defined(options.Distance);
        Guard.Defined(options.Reduction);
        Guard.Defined(options.Execution);
        WorkingMemory.Require(options.WorkingMemory);
        Guard.NotNull(options.Layers);
        Guard.Option(
            options.Layers.Count > 0 && options.Layers.Distinct().Count() == options.Layers.Count && options.Layers.All(layers.Contains),
            $"[{string.Join(", ", options.Layers)}]",
            $"one or more of {string.Join(", ", layers)}, each once",
            nameof(options.Layers));
        if (options.LayerWeights is { } layerWeights)
        {
            Guard.Option(
                layerWeights.Count == options.Layers.Count
                    && layerWeights.All(w => w >= 0 && double.IsFinite(w))
                    && layerWeights.Any(w => w > 0),
                $"[{string.Join(", ", layerWeights)}]",
                $"{options.Layers.Count} finite numbers of 0 or more, one at least above 0",
                nameof(options.LayerWeights));
        }
    }
}
