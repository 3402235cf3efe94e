using Mdf.Models.Adversarial;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using TorchSharp;
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
public sealed class MdfLoss : Loss<Tensor, Tensor, Tensor>
{
    private const int PublishedScaleCount = 8;

    private readonly FoldedPyramid network;

    /// <summary>Creates the loss from a file of discriminators, or from weights that come with the package.</summary>
    /// <param name="weights">
    /// The path of our <c>.ckpt</c> or one of the authors' <c>.pth</c> files, told apart by content. Where there is no such file,
    /// <c>jpeg.ckpt</c>, <c>denoise.ckpt</c> and <c>sisr.ckpt</c> are the packaged weights, as <see cref="Pretrained"/> gives them.
    /// </param>
    /// <param name="options">Settings; null for the published loss.</param>
    /// <param name="logger">Is told what was loaded; null for silence.</param>
    /// <exception cref="FileNotFoundException">There is no such file, and no packaged weights of this name.</exception>
    /// <exception cref="Mdf.Checkpoints.CheckpointFormatException">The file is damaged or holds no discriminators.</exception>
    /// <exception cref="ArgumentException">An option is out of its range, or a weight is not finite.</exception>
    public MdfLoss(string weights, MdfLossOptions? options = null, ILogger? logger = null)
        : this(PackagedWeights.Load(weights), options ?? new MdfLossOptions(), nameof(weights), disposeWeights: true)
    {
        (logger ?? NullLogger.Instance).Loaded(ScaleCount, weights);
    }

    /// <summary>Creates the loss from discriminators in memory, which it copies.</summary>
    /// <param name="weights">The discriminators; they stay the caller's, and later changes to them do not reach the loss.</param>
    /// <param name="options">Settings; null for the published loss.</param>
    /// <exception cref="ArgumentException">An option is out of its range, or a weight is not finite.</exception>
    public MdfLoss(DiscriminatorPyramid weights, MdfLossOptions? options = null)
        : this(weights, options ?? new MdfLossOptions(), nameof(weights), disposeWeights: false)
    {
    }

    private MdfLoss(DiscriminatorPyramid weights, MdfLossOptions options, string name, bool disposeWeights)
        : base(options.Reduction)
    {
        ArgumentNullException.ThrowIfNull(weights, name);
        Options = options;
        try
        {
            network = new FoldedPyramid(Choose(weights, options), options, name);
        }
        finally
        {
            if (disposeWeights)
            {
                weights.Dispose();
            }
        }

        base.train(false);
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
        var loss = new MdfLoss(PackagedWeights.LoadPackaged(name), options ?? new MdfLossOptions(), nameof(task), disposeWeights: true);
        (logger ?? NullLogger.Instance).Loaded(loss.ScaleCount, name);
        return loss;
    }

    /// <summary>The settings it was made with.</summary>
    public MdfLossOptions Options { get; }

    /// <summary>The number of scales it uses.</summary>
    public int ScaleCount => network.ScaleCount;

    /// <summary>The smallest side an image may have, in pixels: the discriminators' receptive field (published: 11).</summary>
    public int MinimumSide => network.MinimumSide;

    internal FoldedPyramid Network => network;

    /// <summary>Always false: the discriminators stay in evaluation mode.</summary>
    public override bool training => false;

    /// <summary>Does nothing but what the module asks for: the discriminators stay in evaluation mode.</summary>
    /// <param name="train">Ignored.</param>
    public override void train(bool train = true) => base.train(false);

    /// <summary>The loss. Gradients reach the restored image, and the reference if it requires them; also twice.</summary>
    /// <param name="restored">Restored images, (N, 3, H, W), floating point, RGB in [0, 1]; sides at least <see cref="MinimumSide"/>.</param>
    /// <param name="reference">Reference images of the same shape, type and device.</param>
    /// <returns>A scalar, or (N) with <see cref="nn.Reduction.None"/>; float64 for float64 images, else float32. 0 at identity.</returns>
    /// <exception cref="ArgumentException">Shape, type or device are not as described.</exception>
    public override Tensor forward(Tensor restored, Tensor reference)
    {
        LossArguments.CheckPair(restored, reference, network);
        bool referenceLearns = reference.requires_grad && is_grad_enabled();
        return Reduced(
            restored,
            graph: referenceLearns || Options.Execution == MdfExecution.Graph,
            gradient => FusedEvaluation.Run(network, restored, reference, null, gradient),
            x => GraphEvaluation.Terms(network, x, reference));
    }

    /// <summary>The loss against a reference whose features were computed before, by <see cref="Prepare"/>.</summary>
    /// <param name="restored">Restored images of the prepared reference's shape, type and device.</param>
    /// <param name="reference">What <see cref="Prepare"/> of this very loss gave.</param>
    /// <returns>As <see cref="forward(Tensor, Tensor)"/>.</returns>
    /// <exception cref="ArgumentException">The images do not fit the reference, or another loss prepared it.</exception>
    public Tensor forward(Tensor restored, MdfPreparedReference reference)
    {
        LossArguments.CheckImages(restored, nameof(restored), network);
        ArgumentNullException.ThrowIfNull(reference);
        if (reference.Owner != this)
        {
            throw new ArgumentException("reference was prepared by another loss; expected one that this loss prepared.", nameof(reference));
        }

        LossArguments.CheckAlike(ImageForm.Of(restored), reference.Form);
        return Reduced(
            restored,
            graph: Options.Execution == MdfExecution.Graph,
            gradient => FusedEvaluation.Run(network, restored, null, reference.Features, gradient),
            x => GraphEvaluation.Terms(network, x, reference.Features));
    }

    /// <inheritdoc cref="forward(Tensor, MdfPreparedReference)"/>
    public Tensor call(Tensor restored, MdfPreparedReference reference) => forward(restored, reference);

    /// <summary>The parts the loss is the sum of: how much each scale and each feature map contributes.</summary>
    /// <param name="restored">As in <see cref="forward(Tensor, Tensor)"/>.</param>
    /// <param name="reference">As in <see cref="forward(Tensor, Tensor)"/>.</param>
    /// <returns>(N, <see cref="ScaleCount"/>, maps compared), scales in the order of <see cref="MdfLossOptions.ScaleOrder"/>, maps in that
    /// of head, body, tail.</returns>
    /// <exception cref="ArgumentException">Shape, type or device are not as described.</exception>
    public Tensor Terms(Tensor restored, Tensor reference)
    {
        LossArguments.CheckPair(restored, reference, network);
        return (restored.requires_grad || reference.requires_grad) && is_grad_enabled()
            ? GraphEvaluation.Terms(network, restored, reference)
            : FusedEvaluation.Run(network, restored, reference, null, wantsGradient: false).Terms;
    }

    /// <summary>
    /// Computes a reference's features once, for many calls against it. They are kept: about 3.1 KB a pixel with the published widths in
    /// float32, half of it in bfloat16.
    /// </summary>
    /// <param name="reference">Reference images, (N, 3, H, W), as in <see cref="forward(Tensor, Tensor)"/>; no gradient reaches them.</param>
    /// <returns>The prepared reference; the caller disposes it.</returns>
    /// <exception cref="ArgumentException">Shape, type or device are not as described.</exception>
    public MdfPreparedReference Prepare(Tensor reference)
    {
        LossArguments.CheckImages(reference, nameof(reference), network);
        return new MdfPreparedReference(this, reference, FusedEvaluation.Features(network, reference));
    }

    /// <inheritdoc/>
    protected override nn.Module _to(DeviceType deviceType, int deviceIndex, bool non_blocking)
    {
        base._to(deviceType, deviceIndex, non_blocking);
        network.MoveTo(new Device(deviceType, deviceIndex));
        return this;
    }

    /// <inheritdoc/>
    protected override nn.Module _to(Device device, ScalarType dtype, bool non_blocking)
    {
        base._to(device, dtype, non_blocking);
        network.MoveTo(device);
        return this;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            FusedGradient.ReleaseReturned();
            network.Dispose();
        }

        base.Dispose(disposing);
    }

    private static MdfDiscriminator[] Choose(DiscriminatorPyramid weights, MdfLossOptions options)
    {
        IReadOnlyList<MdfDiscriminator> all = weights.Scales;
        int count = options.ScaleCount ?? Math.Min(PublishedScaleCount, all.Count);
        if (count < 1 || count > all.Count)
        {
            throw new ArgumentOutOfRangeException(nameof(options), count, $"{nameof(MdfLossOptions.ScaleCount)} is {count}; expected 1 to {all.Count}, the number of scales of the weights.");
        }

        if ((options.Layers & ~MdfLayers.All) != 0 || options.Layers == MdfLayers.None)
        {
            throw new ArgumentOutOfRangeException(nameof(options), options.Layers, $"{nameof(MdfLossOptions.Layers)} is {options.Layers}; expected one or more of Head, Body and Tail.");
        }

        if (options.WorkingMemory < 1 << 20)
        {
            throw new ArgumentOutOfRangeException(nameof(options), options.WorkingMemory, $"{nameof(MdfLossOptions.WorkingMemory)} is {options.WorkingMemory} bytes; expected at least 1 MiB (1048576).");
        }

        CheckDefined(options.InputRange);
        CheckDefined(options.ScaleOrder);
        CheckDefined(options.Reduction);
        CheckDefined(options.Precision);
        CheckDefined(options.Execution);

        void CheckDefined<T>(T value)
            where T : struct, Enum
        {
            if (!Enum.IsDefined(value))
            {
                throw new ArgumentOutOfRangeException(nameof(options), value, $"{typeof(T).Name} has no value {value}; expected one of {string.Join(", ", Enum.GetNames<T>())}.");
            }
        }

        return [.. (options.ScaleOrder == MdfScaleOrder.CoarsestFirst ? all : all.Reverse()).Take(count)];
    }

    private Tensor Reduced(Tensor restored, bool graph, Func<bool, (Tensor Terms, Tensor? Gradient)> fused, Func<Tensor, Tensor> terms)
    {
        using var scope = NewDisposeScope();
        Tensor images = graph ? terms(restored).sum([1, 2]) : Fused(restored, fused, terms);
        Tensor value = Options.Reduction switch
        {
            nn.Reduction.None => images,
            nn.Reduction.Sum => images.sum(),
            _ => images.mean(),
        };
        return value.MoveToOuterDisposeScope();
    }

    private static Tensor Fused(Tensor restored, Func<bool, (Tensor Terms, Tensor? Gradient)> fused, Func<Tensor, Tensor> terms)
    {
        bool learns = restored.requires_grad && is_grad_enabled();
        (Tensor parts, Tensor? gradient) = fused(learns);
        Tensor images = parts.sum([1, 2]);
        return learns ? FusedGradient.Attach(restored, images, gradient!, x => terms(x).sum([1, 2])) : images;
    }
}
