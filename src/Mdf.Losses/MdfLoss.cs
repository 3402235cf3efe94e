using Mdf.Losses.Discriminators;
using Mdf.Losses.Features;
using Mdf.Losses.Weights;
using Mdf.Models.Adversarial;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using static TorchSharp.torch;

namespace Mdf.Losses;

/// <summary>
/// The Multi-Scale Discriminative Feature (MDF) loss: how far a restored image is from its reference in the eyes of discriminators
/// trained on one image and the distortions of one task. For each image it is the sum, over the discriminators k and their feature maps
/// l, of the mean squared difference of the maps,
/// <c>L(x, y) = sum_k sum_l mean((D_kl(x) - D_kl(y))^2)</c>; every discriminator sees the image at full resolution.
/// </summary>
/// <remarks>
/// <para>Mustafa, Mikhailiuk, Iliescu, Babbar, Mantiuk: "Training a Task-Specific Image Reconstruction Loss", WACV 2022,
/// arXiv 2103.14616.</para>
/// <para>The discriminators are frozen: the loss has no parameters, <c>train()</c> does not change it, and no optimizer sees them. Batch
/// normalisation (with the statistics of training) is folded into the convolutions. By default the gradient of the restored image is
/// computed along with the loss, tile by tile, and <c>backward</c> only scales it (<see cref="MdfExecution.Fused"/>). Images are computed
/// in their own precision, float32 or float64 (float16 and bfloat16 in float32), with the weights rounded from one float64 original, so that converting the module to
/// another type changes nothing; <c>to(device)</c> moves it.</para>
/// </remarks>
public sealed class MdfLoss : FeatureLoss
{
    private const int PublishedScaleCount = 8;

    /// <summary>Creates the loss from a file of discriminators, or from weights that come with the package.</summary>
    /// <param name="weights">
    /// The path of our <c>.ckpt</c> or one of the authors' <c>.pth</c> files, told apart by content. Where there is no such file,
    /// <c>jpeg.ckpt</c>, <c>denoise.ckpt</c> and <c>sisr.ckpt</c> stand for the packaged weights, as <see cref="Pretrained"/> gives them.
    /// </param>
    /// <param name="options">Settings; null for the published loss.</param>
    /// <param name="logger">Is told what was loaded; null for silence.</param>
    /// <exception cref="FileNotFoundException">There is no such file, and no packaged weights of this name.</exception>
    /// <exception cref="Mdf.Checkpoints.CheckpointFormatException">The file is damaged or holds no discriminators.</exception>
    /// <exception cref="ArgumentException">An option is out of its range, or a weight is not finite.</exception>
    public MdfLoss(string weights, MdfLossOptions? options = null, ILogger? logger = null)
        : this(FoldOwned(PackagedWeights.Load(weights), options ??= new MdfLossOptions()), options)
    {
        (logger ?? NullLogger.Instance).Loaded(ScaleCount, weights);
    }

    /// <summary>Creates the loss from discriminators in memory, which it copies.</summary>
    /// <param name="weights">The discriminators; they stay the caller's, and later changes to them do not reach the loss.</param>
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

    /// <summary>Creates the loss for a task, with the weights that come with the package; docs/weights.md says how they were trained.</summary>
    /// <param name="task">The task.</param>
    /// <param name="options">Settings; null for the published loss.</param>
    /// <param name="logger">Is told what was loaded; null for silence.</param>
    /// <returns>The loss.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such task.</exception>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public static MdfLoss Pretrained(RestorationTask task, MdfLossOptions? options = null, ILogger? logger = null)
    {
        string name = PackagedWeights.NameOf(task);
        options ??= new MdfLossOptions();
        var loss = new MdfLoss(FoldOwned(PackagedWeights.LoadPackaged(name), options), options);
        (logger ?? NullLogger.Instance).Loaded(loss.ScaleCount, name);
        return loss;
    }

    /// <summary>The settings it was made with.</summary>
    public MdfLossOptions Options { get; }

    /// <summary>The number of scales it uses.</summary>
    public int ScaleCount => Network.ScaleCount;

    internal FoldedPyramid Network { get; }

    /// <summary>The parts the loss is the sum of: how much each scale and each feature map contributes.</summary>
    /// <param name="restored">As in <see cref="ImageLoss.forward(Tensor, Tensor)"/>.</param>
    /// <param name="reference">As in <see cref="ImageLoss.forward(Tensor, Tensor)"/>.</param>
    /// <returns>(N, <see cref="ScaleCount"/>, maps compared), scales in the order of <see cref="MdfLossOptions.ScaleOrder"/>, maps in that
    /// of head, body, tail.</returns>
    /// <exception cref="ArgumentException">Shape, type or device are not as described.</exception>
    public Tensor Terms(Tensor restored, Tensor reference) => TermsOf(restored, reference);

    /// <summary>
    /// Computes a reference's features once, for many calls against it. They are kept: about 3.1 KB a pixel with the published widths in
    /// float32, half of it where they are computed in bfloat16.
    /// </summary>
    /// <param name="reference">Reference images, (N, 3, H, W), as in <see cref="ImageLoss.forward(Tensor, Tensor)"/>; no gradient reaches them.</param>
    /// <returns>The prepared reference; the caller disposes it.</returns>
    /// <exception cref="ArgumentException">Shape, type or device are not as described.</exception>
    public override PreparedReference Prepare(Tensor reference) => base.Prepare(reference);

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
        return new FoldedPyramid(Choose(weights, options), options, nameof(weights));
    }

    private static MdfDiscriminator[] Choose(DiscriminatorPyramid weights, MdfLossOptions options)
    {
        IReadOnlyList<MdfDiscriminator> all = weights.Scales;
        int count = options.ScaleCount ?? Math.Min(PublishedScaleCount, all.Count);
        OptionChecks.Require(count >= 1 && count <= all.Count, count, $"1 to {all.Count}, the number of scales of the weights", nameof(options.ScaleCount));
        OptionChecks.Require(
            (options.Layers & ~MdfLayers.All) == 0 && options.Layers != MdfLayers.None, options.Layers, "one or more of Head, Body and Tail", nameof(options.Layers));
        WorkingMemory.Require(options.WorkingMemory);
        OptionChecks.RequireDefined(options.InputRange);
        OptionChecks.RequireDefined(options.ScaleOrder);
        OptionChecks.RequireDefined(options.Reduction);
        OptionChecks.RequireDefined(options.Precision);
        OptionChecks.RequireDefined(options.Execution);
        return [.. (options.ScaleOrder == MdfScaleOrder.CoarsestFirst ? all : all.Reverse()).Take(count)];
    }
}
