using Mdf.Losses.Features;
using Mdf.Losses.Perceptual;
using Mdf.Models.Perceptual;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using static TorchSharp.torch;

namespace Mdf.Losses;

/// <summary>
/// LPIPS, the learned perceptual image patch similarity, version 0.1: the features of two images in a network that was trained to recognise
/// objects, normalised at each position and compared with weights learned from human judgements. Images are RGB in [0, 1] (the original
/// package takes [-1, 1] unless it is told <c>normalize=True</c>). With <see cref="nn.Reduction.None"/> it is the metric.
/// </summary>
/// <remarks>
/// Zhang, Isola, Efros, Shechtman and Wang, "The Unreasonable Effectiveness of Deep Features as a Perceptual Metric", 2018. The weights of the
/// linear layers are part of the library; the network's come from a file. The gradient of the restored images is computed along with the
/// loss, a few images at a time, and <c>backward</c> only scales it.
/// </remarks>
public sealed class LpipsLoss : FeatureLoss
{
    /// <summary>Creates the loss from files.</summary>
    /// <param name="network">The network to look at images by.</param>
    /// <param name="backbone">
    /// torchvision's file of the network or another of the same names, <c>.pth</c> or safetensors; null for the one that
    /// <see cref="PretrainedWeights"/> has.
    /// </param>
    /// <param name="linear">A file of weights of the linear layers, with the names of the original package; null for the published ones.</param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <param name="logger">Is told what was loaded; null for silence.</param>
    /// <exception cref="FileNotFoundException">There is no such file; the message says how to get it and where to put it.</exception>
    /// <exception cref="Mdf.Checkpoints.CheckpointFormatException">A file is damaged or lacks weights, which are named.</exception>
    /// <exception cref="ArgumentException">An option is out of its range, or a weight is not finite.</exception>
    public LpipsLoss(
        LpipsNetwork network = LpipsNetwork.Alex, string? backbone = null, string? linear = null, LpipsLossOptions? options = null, ILogger? logger = null)
        : this(Load(network, ref backbone, linear, options ??= new LpipsLossOptions()), options)
    {
        (logger ?? NullLogger.Instance).LoadedLpips(network, backbone!);
    }

    /// <summary>Creates the loss from a network in memory, which it copies.</summary>
    /// <param name="backbone">An AlexNet, VGG-16 or SqueezeNet with the layers that LPIPS compares; it stays the caller's.</param>
    /// <param name="linear">A file of weights of the linear layers, with the names of the original package; null for the published ones.</param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <exception cref="Mdf.Checkpoints.CheckpointFormatException">The file is damaged or lacks weights, which are named.</exception>
    /// <exception cref="ArgumentException">The network is another one, an option is out of its range, or a weight is not finite.</exception>
    public LpipsLoss(FeatureNetwork backbone, string? linear = null, LpipsLossOptions? options = null)
        : this(Copy(backbone, linear, options ??= new LpipsLossOptions()), options)
    {
    }

    private LpipsLoss(PerceptualNetwork network, LpipsLossOptions options)
        : base(options, network)
    {
        Options = options;
    }

    /// <summary>The settings it was made with.</summary>
    public LpipsLossOptions Options { get; }

    /// <summary>The parts the distance is the sum of: how much each layer contributes.</summary>
    /// <param name="restored">As in <see cref="ImageLoss.forward(Tensor, Tensor)"/>.</param>
    /// <param name="reference">As in <see cref="ImageLoss.forward(Tensor, Tensor)"/>.</param>
    /// <returns>(N, layers), from the shallowest to the deepest: 5 of AlexNet and VGG-16, 7 of SqueezeNet.</returns>
    /// <exception cref="ArgumentException">Shape, type or device are not as described.</exception>
    public Tensor Terms(Tensor restored, Tensor reference) => LayerTermsOf(restored, reference);

    private static PerceptualNetwork Load(LpipsNetwork network, ref string? backbone, string? linear, LpipsLossOptions options)
    {
        if (!Enum.IsDefined(network))
        {
            throw new ArgumentOutOfRangeException(nameof(network), network, $"network is {network}; expected one of {string.Join(", ", Enum.GetNames<LpipsNetwork>())}.");
        }

        Check(options);
        IReadOnlyList<string> layers = LpipsLinearWeights.LayersOf(network);
        (FeatureNetwork features, PretrainedFile file) = network switch
        {
            LpipsNetwork.Alex => ((FeatureNetwork)new AlexNetFeatures(layers), PretrainedWeights.AlexNet),
            LpipsNetwork.Vgg => (new Vgg16Features(layers), PretrainedWeights.Vgg16),
            _ => (new SqueezeNetFeatures(layers), PretrainedWeights.SqueezeNet),
        };
        using (features)
        {
            backbone = PretrainedWeights.Find(file, backbone);
            features.LoadWeights(backbone);
            return Copy(features, linear, options);
        }
    }

    private static PerceptualNetwork Copy(FeatureNetwork backbone, string? linear, LpipsLossOptions options)
    {
        ArgumentNullException.ThrowIfNull(backbone);
        Check(options);
        LpipsNetwork network = backbone switch
        {
            AlexNetFeatures => LpipsNetwork.Alex,
            Vgg16Features => LpipsNetwork.Vgg,
            SqueezeNetFeatures => LpipsNetwork.Squeeze,
            _ => throw new ArgumentException($"backbone is {backbone.GetType().Name}; expected AlexNetFeatures, Vgg16Features or SqueezeNetFeatures.", nameof(backbone)),
        };
        LpipsLinearWeights weights = LpipsLinearWeights.Read(network, linear);
        weights.RequireFits(backbone, nameof(backbone));
        return new PerceptualNetwork(
            backbone, weights.Layers.Count, (copy, precision, device) => new LpipsExtractor(copy, weights, precision, device), options.WorkingMemory);
    }

    private static void Check(LpipsLossOptions options)
    {
        OptionChecks.RequireDefined(options.Reduction);
        WorkingMemory.Require(options.WorkingMemory);
    }
}
