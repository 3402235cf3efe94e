using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Mdf.Models.Adversarial;

/// <summary>
/// The discriminator of one scale of the MDF loss, with SinGAN's architecture: a head, a body of blocks, and a tail that scores each
/// position. The head and each block are a 3 x 3 convolution, batch normalisation and LeakyReLU(0.2); the tail is a 3 x 3 convolution to
/// one channel. Convolutions are not padded, so an input side of n pixels gives a score map of n - 2 (blocks + 2). Parameters have the
/// names of the published weights: <c>head.conv.weight</c>, <c>body.block1.norm.running_mean</c>, <c>tail.bias</c>.
/// </summary>
/// <remarks>Shaham et al., "SinGAN", ICCV 2019; Mustafa et al., "Training a Task-Specific Image Reconstruction Loss", WACV 2022.</remarks>
public sealed class MdfDiscriminator : Module<Tensor, Tensor>
{
    /// <summary>LeakyReLU's negative slope: 0.2.</summary>
    public const double NegativeSlope = SinGanBlocks.NegativeSlope;

    private readonly Sequential head;
    private readonly Sequential body;
    private readonly Conv2d tail;
    private bool isDisposed;

    /// <summary>Creates a discriminator with libtorch's default initialisation.</summary>
    /// <param name="width">Number of channels of each feature map, at least 1. Published: 32 or 64.</param>
    /// <param name="bodyBlocks">Number of blocks between head and tail, at least 1. Default: 3, as published.</param>
    /// <param name="inputChannels">Number of image channels, at least 1. Default: 3 (RGB), as published.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is below 1.</exception>
    public MdfDiscriminator(int width, int bodyBlocks = 3, int inputChannels = 3)
        : base(nameof(MdfDiscriminator))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(bodyBlocks, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(inputChannels, 1);

        using var scope = NewDisposeScope();
        Width = width;
        BodyBlocks = bodyBlocks;
        InputChannels = inputChannels;
        head = SinGanBlocks.Block(inputChannels, width);
        body = SinGanBlocks.Body(width, bodyBlocks);
        tail = Layers.Convolution(width, 1, SinGanBlocks.KernelSize, padding: 0);
        RegisterComponents();
    }

    /// <summary>Number of channels of each feature map.</summary>
    public int Width { get; }

    /// <summary>Number of blocks between head and tail.</summary>
    public int BodyBlocks { get; }

    /// <summary>Number of image channels.</summary>
    public int InputChannels { get; }

    /// <summary>
    /// Side of the receptive field of one score in pixels, which is also the smallest side an image may have. Published: 11.
    /// </summary>
    public int ReceptiveField => 1 + (2 * SinGanBlocks.Margin(BodyBlocks));

    /// <summary>Scores each patch of the images.</summary>
    /// <param name="input">Images, (N, <see cref="InputChannels"/>, H, W), with sides of at least <see cref="ReceptiveField"/>.</param>
    /// <returns>Scores, (N, 1, H - <see cref="ReceptiveField"/> + 1, W - <see cref="ReceptiveField"/> + 1).</returns>
    /// <exception cref="ObjectDisposedException">The network was disposed.</exception>
    public override Tensor forward(Tensor input)
    {
        ObjectDisposedException.ThrowIf(isDisposed, this);
        using var scope = NewDisposeScope();
        return tail.call(body.call(head.call(input))).MoveToOuterDisposeScope();
    }

    /// <summary>Computes the three feature maps that the MDF loss compares.</summary>
    /// <param name="input">Images, (N, <see cref="InputChannels"/>, H, W), with sides of at least <see cref="ReceptiveField"/>.</param>
    /// <returns>The outputs of the head and of the whole body, and the scores.</returns>
    public (Tensor Head, Tensor Body, Tensor Tail) Features(Tensor input)
    {
        ObjectDisposedException.ThrowIf(isDisposed, this);
        using var scope = NewDisposeScope();
        Tensor afterHead = head.call(input);
        Tensor afterBody = body.call(afterHead);
        return (afterHead.MoveToOuterDisposeScope(), afterBody.MoveToOuterDisposeScope(), tail.call(afterBody).MoveToOuterDisposeScope());
    }

    // Each layer's statistics are set before the next layer sees its output.
    internal void Calibrate(Tensor images)
    {
        ObjectDisposedException.ThrowIf(isDisposed, this);
        using var scope = NewDisposeScope();
        Tensor maps = images;
        foreach (Module<Tensor, Tensor> block in body.children().Cast<Module<Tensor, Tensor>>().Prepend(head))
        {
            maps = SinGanBlocks.Calibrate((Sequential)block, maps);
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        isDisposed = true;
        base.Dispose(disposing);
    }
}
