using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Mdf.Models.Adversarial;

/// <summary>
/// One scale's discriminator of the MDF loss, which is SinGAN's: a head, a body of blocks, and a tail that scores each position. Head and
/// blocks are a 3x3 convolution, batch normalisation and LeakyReLU(0.2); the tail is a 3x3 convolution to one channel. Nothing is
/// padded, so a side of n pixels gives a map of n - 2 (blocks + 2). Parameter names are those of the published weights:
/// <c>head.conv.weight</c>, <c>body.block1.norm.running_mean</c>, <c>tail.bias</c>.
/// </summary>
/// <remarks>Shaham et al., "SinGAN", ICCV 2019; Mustafa et al., "Training a Task-Specific Image Reconstruction Loss", WACV 2022.</remarks>
public sealed class MdfDiscriminator : Module<Tensor, Tensor>
{
    /// <summary>The slope of every LeakyReLU below zero.</summary>
    public const double NegativeSlope = SinGanBlocks.NegativeSlope;

    private readonly Sequential head;
    private readonly Sequential body;
    private readonly Conv2d tail;

    /// <summary>Creates a discriminator with libtorch's default initialisation.</summary>
    /// <param name="width">The channels of every feature map, at least 1 (published: 32 or 64).</param>
    /// <param name="bodyBlocks">The blocks between head and tail, at least 1 (published: 3).</param>
    /// <param name="inputChannels">The channels of the images, at least 1 (published: 3, RGB).</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is below 1.</exception>
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
        tail = Conv2d(width, 1, SinGanBlocks.KernelSize);
        RegisterComponents();
    }

    /// <summary>The channels of every feature map.</summary>
    public int Width { get; }

    /// <summary>The blocks between head and tail.</summary>
    public int BodyBlocks { get; }

    /// <summary>The channels of the images.</summary>
    public int InputChannels { get; }

    /// <summary>The side of the patch one score depends on, in pixels, and so the smallest side an image may have (published: 11).</summary>
    public int ReceptiveField => 1 + (2 * SinGanBlocks.Margin(BodyBlocks));

    /// <summary>Scores every patch.</summary>
    /// <param name="input">Images, (N, <see cref="InputChannels"/>, H, W), sides at least <see cref="ReceptiveField"/>.</param>
    /// <returns>(N, 1, H - <see cref="ReceptiveField"/> + 1, W - <see cref="ReceptiveField"/> + 1).</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        return tail.call(body.call(head.call(input))).MoveToOuterDisposeScope();
    }

    /// <summary>The three maps the MDF loss compares.</summary>
    /// <param name="input">Images, (N, <see cref="InputChannels"/>, H, W), sides at least <see cref="ReceptiveField"/>.</param>
    /// <returns>The output of the head, of the whole body, and the scores.</returns>
    public (Tensor Head, Tensor Body, Tensor Tail) Features(Tensor input)
    {
        using var scope = NewDisposeScope();
        Tensor afterHead = head.call(input);
        Tensor afterBody = body.call(afterHead);
        return (afterHead.MoveToOuterDisposeScope(), afterBody.MoveToOuterDisposeScope(), tail.call(afterBody).MoveToOuterDisposeScope());
    }
}
