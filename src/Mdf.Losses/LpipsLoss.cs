using Mdf.Guards;
using Mdf.Losses.Features;
using Mdf.Losses.Perceptual;
using Mdf.Models.Perceptual;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using static TorchSharp.torch;

namespace Mdf.Losses;

/// <summary>
/// The LPIPS loss (learned perceptual image patch similarity, version 0.1). It compares two images by their feature maps in a
/// classification network, normalised to unit length at each position, with channel weights learned from human judgements. Images are
/// (N, 3, H, W), RGB in [0, 1], or (N, 1, H, W), grey, which the loss repeats to RGB.
/// </summary>
/// <remarks>
/// <para>Zhang, Isola, Efros, Shechtman and Wang, "The Unreasonable Effectiveness of Deep Features as a Perceptual Metric", 2018.</para>
/// <para>The original package expects images in [-1, 1] by default; its <c>normalize=True</c> corresponds to this class. With
/// <see cref="nn.Reduction.None"/> the loss is the published metric.</para>
/// <para>The library contains the weights of the linear layers; the weights of the network come from a file. By default <c>forward</c>
/// computes the gradient of the restored images along with the loss, a few images at a time, and <c>backward</c> only scales that
/// gradient.</para>
/// </remarks>
public sealed class LpipsLoss : FeatureLoss
{
    /// <summary>Creates the loss from files of weights.</summary>
    /// <param name="network">The network whose feature maps are compared. Default: AlexNet.</param>
    /// <param name="backbone">
    /// Path of the network's weights, <c>.pth</c> or safetensors with torchvision's parameter names; null for the file that
    /// <see cref="PretrainedWeights"/> finds.
    /// </param>
    /// <param name="linear">
    /// Path of the linear layers' weights, with the original package's parameter names; null for the published weights.
    /// </param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <param name="logger">Logs which weights were loaded; null disables logging.</param>
    /// <exception cref="FileNotFoundException">
    /// The network's weights are missing; the message says how to get the file and where to put it.
    /// </exception>
    /// <exception cref="Mdf.Checkpoints.CheckpointFormatException">
    /// A file is damaged or lacks weights; the message names the missing weights.
    /// </exception>
    /// <exception cref="ArgumentException">An option is out of its range, or a weight is not finite.</exception>
    public LpipsLoss(
        LpipsNetwork network = LpipsNetwork.Alex,
        string? backbone = null,
        string? linear = null,
        LpipsLossOptions? options = null,
        ILogger? logger = null)
        : this(Load(network, ref backbone, linear, options ??= new LpipsLossOptions()), options)
    {
        logger ??= NullLogger.Instance;
        logger.LoadedLpips(network, backbone!);
        logger.LogKernels();
    }

    /// <summary>Creates the loss from a copy of a network in memory.</summary>
    /// <param name="backbone">
    /// An <see cref="AlexNetFeatures"/>, <see cref="Vgg16Features"/> or <see cref="SqueezeNetFeatures"/> with all the layers that LPIPS
    /// compares. The caller keeps ownership of the network.
    /// </param>
    /// <param name="linear">
    /// Path of the linear layers' weights, with the original package's parameter names; null for the published weights.
    /// </param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <exception cref="Mdf.Checkpoints.CheckpointFormatException">
    /// The file <paramref name="linear"/> is damaged or lacks weights; the message names the missing weights.
    /// </exception>
    /// <exception cref="ArgumentException">
    /// The network is of another class or lacks layers, an option is out of its range, or a weight is not finite.
    /// </exception>
    public LpipsLoss(FeatureNetwork backbone, string? linear = null, LpipsLossOptions? options = null)
        : this(Copy(backbone, linear, options ??= new LpipsLossOptions()), options)
    {
    }

    private LpipsLoss(PerceptualNetwork network, LpipsLossOptions options)
        : base(options, network, usesGraph: options.Execution == MdfExecution.Graph)
    {
        Options = options;
    }

    /// <summary>The settings of the loss.</summary>
    public LpipsLossOptions Options { get; }

    /// <summary>Computes each layer's contribution to each image's distance; the distance is the sum of the contributions.</summary>
    /// <param name="restored">Restored images, (N, 3, H, W), RGB in [0, 1], or (N, 1, H, W), grey.</param>
    /// <param name="reference">Reference images of the same shape, type and device.</param>
    /// <returns>(N, L), from the shallowest to the deepest layer; L is 5 for AlexNet and VGG-16, 7 for SqueezeNet.</returns>
    /// <exception cref="ArgumentException">An image tensor has a wrong shape, type or device.</exception>
    public Tensor Terms(Tensor restored, Tensor reference) => LayerTermsOf(restored, reference);

    private static PerceptualNetwork Load(LpipsNetwork network, ref string? backbone, string? linear, LpipsLossOptions options)
    {
        if (!Enum.IsDefined(network))
        {
            throw new ArgumentOutOfRangeException(
                nameof(network), network, $"network is {network}; expected one of {string.Join(", ", Enum.GetNames<LpipsNetwork>())}.");
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
            _ => throw new ArgumentException(
                $"backbone is {backbone.GetType().Name}; expected AlexNetFeatures, Vgg16Features or SqueezeNetFeatures.",
                nameof(backbone)),
        };
        LpipsLinearWeights weights = LpipsLinearWeights.Read(network, linear);
        weights.RequireFits(backbone, nameof(backbone));
        return new PerceptualNetwork(
            backbone,
            weights.Layers.Count,
            (copy, precision, device) => new LpipsExtractor(copy, weights, precision, device),
            options.WorkingMemory);
    }

    private static void Check(LpipsLossOptions options)
    {
        Guard.Defined(options.Reduction);
        Guard.Defined(options.Execution);
        WorkingMemory.Require(options.WorkingMemory);
    }
}
