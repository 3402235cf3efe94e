using Mdf.Guards;
using Mdf.Losses.Discriminators;
using Mdf.Losses.Features;
using Mdf.Losses.Weights;
using Mdf.Models.Adversarial;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using static TorchSharp.torch;

namespace Mdf.Losses;

/// <summary>
/// The Multi-Scale Discriminative Feature (MDF) loss. It compares a restored image with its reference by the feature maps of
/// discriminators that were trained on one image and the distortions of one task. The loss of an image is
/// <c>L(x, y) = sum_k sum_l mean((D_kl(x) - D_kl(y))^2)</c> over the discriminators k and their feature maps l. Every discriminator gets
/// the image at full resolution.
/// </summary>
/// <remarks>
/// <para>Mustafa, Mikhailiuk, Iliescu, Babbar, Mantiuk: "Training a Task-Specific Image Reconstruction Loss", WACV 2022,
/// arXiv 2103.14616.</para>
/// <para>The discriminators are frozen: the loss has no parameters, <c>train()</c> does not change it, and no optimizer sees its weights.
/// Batch normalisation, with the statistics of training, is folded into the convolutions.</para>
/// <para>By default <c>forward</c> computes the gradient of the restored images along with the loss, tile by tile, and <c>backward</c>
/// only scales that gradient (<see cref="MdfExecution.Fused"/>).</para>
/// <para>The loss computes in the precision of the images, float32 or float64; float16 and bfloat16 images are converted to float32. The
/// weights of each precision are rounded from one float64 original, so converting the module to another type has no effect.
/// <c>to(device)</c> moves the loss.</para>
/// </remarks>
public sealed class MdfLoss : FeatureLoss
{
    private const int PublishedScaleCount = 8;

    /// <summary>Creates the loss from a file of discriminators, or from weights included in the package.</summary>
    /// <param name="weights">
    /// Path of a <c>.ckpt</c> file of this library or a <c>.pth</c> file of the authors; the format is recognised by content. If no such
    /// file exists, the names <c>jpeg.ckpt</c>, <c>denoise.ckpt</c> and <c>sisr.ckpt</c> select the packaged weights
    /// (see <see cref="Pretrained"/>).
    /// </param>
    /// <param name="options">Settings; null for the published loss.</param>
    /// <param name="logger">Logs which weights were loaded, and what beside them was left out; null disables logging.</param>
    /// <exception cref="FileNotFoundException">
    /// <paramref name="weights"/> is neither an existing file nor the name of packaged weights.
    /// </exception>
    /// <exception cref="Mdf.Checkpoints.CheckpointFormatException">The file is damaged or holds no discriminators.</exception>
    /// <exception cref="ArgumentException">An option is out of its range, or a weight is not finite.</exception>
    public MdfLoss(string weights, MdfLossOptions? options = null, ILogger? logger = null)
        : this(FoldOwned(PackagedWeights.Load(weights), options ??= new MdfLossOptions()), options)
    {
        logger ??= NullLogger.Instance;
        logger.Loaded(ScaleCount, weights);
        logger.LogKernels();
        if (Network.Ignored.Count > 0 && logger.IsEnabled(LogLevel.Information))
        {
            logger.LeftOut(weights, string.Join(", ", Network.Ignored));
        }

        if (PackagedWeights.AreShadowed(weights))
        {
            logger.Shadowed(Path.GetFullPath(weights));
        }
    }

    /// <summary>Creates the loss from a copy of discriminators in memory.</summary>
    /// <param name="weights">
    /// The discriminators. The caller keeps ownership; later changes to the discriminators do not affect the loss.
    /// </param>
    /// <param name="options">Settings; null for the published loss.</param>
    /// <exception cref="ArgumentException">An option is out of its range, or a weight is not finite.</exception>
    public MdfLoss(DiscriminatorPyramid weights, MdfLossOptions? options = null)
        : this(Fold(weights, options ??= new MdfLossOptions()), options)
    {
    }

    private MdfLoss(FoldedPyramid network, MdfLossOptions options)
        : base(options, network, usesGraph: options.Execution == MdfExecution.Graph)
    {
        Options = options;
        Network = network;
    }

    /// <summary>
    /// Creates the loss for a task from the weights included in the package. docs/weights.md describes the training of these weights.
    /// </summary>
    /// <param name="task">The restoration task.</param>
    /// <param name="options">Settings; null for the published loss.</param>
    /// <param name="logger">Logs which weights were loaded; null disables logging.</param>
    /// <returns>The loss, on the CPU.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="task"/> is not a defined value.</exception>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public static MdfLoss Pretrained(RestorationTask task, MdfLossOptions? options = null, ILogger? logger = null)
    {
        string name = PackagedWeights.NameOf(task);
        options ??= new MdfLossOptions();
        var loss = new MdfLoss(FoldOwned(PackagedWeights.LoadPackaged(name), options), options);
        logger ??= NullLogger.Instance;
        logger.Loaded(loss.ScaleCount, name);
        logger.LogKernels();
        return loss;
    }

    /// <summary>The settings of the loss.</summary>
    public MdfLossOptions Options { get; }

    /// <summary>The number of scales, that is of discriminators, in use.</summary>
    public int ScaleCount => Network.ScaleCount;

    internal FoldedPyramid Network { get; }

    /// <summary>
    /// Computes the contribution of each scale and feature map to each image's loss; the loss is the sum of the contributions.
    /// </summary>
    /// <param name="restored">Restored images, (N, C, H, W), in [0, 1], with the discriminators' number of channels.</param>
    /// <param name="reference">Reference images of the same shape, type and device.</param>
    /// <returns>
    /// (N, K, L): K is <see cref="ScaleCount"/>, in the order of <see cref="MdfLossOptions.ScaleOrder"/>; L is the number of compared maps,
    /// in the order head, body, tail.
    /// </returns>
    /// <exception cref="ArgumentException">An image tensor has a wrong shape, type or device.</exception>
    public Tensor Terms(Tensor restored, Tensor reference) => TermsOf(restored, reference);

    private static FoldedPyramid FoldOwned(DiscriminatorPyramid weights, MdfLossOptions options)
    {
        using (weights)
        {
            return Fold(weights, options);
        }
    }

    private static FoldedPyramid Fold(DiscriminatorPyramid weights, MdfLossOptions options)
    {
        ArgumentNullException.ThrowIfNull(weights);
        return new FoldedPyramid(Choose(weights, options), options, nameof(weights)) { Ignored = weights.Ignored };
    }

    private static MdfDiscriminator[] Choose(DiscriminatorPyramid weights, MdfLossOptions options)
    {
        IReadOnlyList<MdfDiscriminator> all = weights.Scales;
        int count = options.ScaleCount ?? Math.Min(PublishedScaleCount, all.Count);
        Guard.Option(
            count >= 1 && count <= all.Count,
            count,
            $"1 to {all.Count}, the number of scales of the weights",
            nameof(options.ScaleCount));
        Guard.Option(
            (options.Layers & ~MdfLayers.All) == 0 && options.Layers != MdfLayers.None,
            options.Layers,
            "one or more of Head, Body and Tail",
            nameof(options.Layers));
        WorkingMemory.Require(options.WorkingMemory);
        Guard.Defined(options.InputRange);
        Guard.Defined(options.ScaleOrder);
        Guard.Defined(options.Reduction);
        Guard.Defined(options.Precision);
        Guard.Defined(options.Execution);
        return [.. (options.ScaleOrder == MdfScaleOrder.CoarsestFirst ? all : all.Reverse()).Take(count)];
    }
}
