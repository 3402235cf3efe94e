using Mdf.TorchCompatibility;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Mdf.Models.Adversarial;

/// <summary>
/// The generator of one scale, against which an <see cref="MdfDiscriminator"/> is trained, with SinGAN's architecture. Head and body are
/// those of the discriminator; the tail is a convolution to image channels, followed by tanh. The centre of a second image is added to the
/// output, so the network only generates a residual. Parameters have SinGAN's names: <c>head.conv.weight</c>,
/// <c>body.block1.norm.weight</c>, <c>tail.0.weight</c>.
/// </summary>
/// <remarks>Shaham et al., "SinGAN", ICCV 2019 (GeneratorConcatSkip2CleanAdd in its code).</remarks>
public sealed class MdfGenerator : Module<Tensor, Tensor, Tensor>
{
    private readonly Sequential head;
    private readonly Sequential body;
    private readonly Sequential tail;
    private bool isDisposed;

    /// <summary>Creates a generator with libtorch's default initialisation.</summary>
    /// <param name="width">Number of channels of each feature map, at least 1. SinGAN: 32 or 64.</param>
    /// <param name="bodyBlocks">Number of blocks between head and tail, at least 1. Default: 3, as in SinGAN.</param>
    /// <param name="imageChannels">Number of image channels, at least 1. Default: 3 (RGB), as in SinGAN.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is below 1.</exception>
    public MdfGenerator(int width, int bodyBlocks = 3, int imageChannels = 3)
        : base(nameof(MdfGenerator))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(bodyBlocks, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(imageChannels, 1);

        using var scope = NewDisposeScope();
        Width = width;
        BodyBlocks = bodyBlocks;
        ImageChannels = imageChannels;
        head = SinGanBlocks.Block(imageChannels, width);
        body = SinGanBlocks.Body(width, bodyBlocks);
        tail = Sequential(("0", Layers.Convolution(width, imageChannels, SinGanBlocks.KernelSize, padding: 0)), ("1", Tanh()));
        RegisterComponents();
    }

    /// <summary>Number of channels of each feature map.</summary>
    public int Width { get; }

    /// <summary>Number of blocks between head and tail.</summary>
    public int BodyBlocks { get; }

    /// <summary>Number of image channels.</summary>
    public int ImageChannels { get; }

    /// <summary>
    /// Number of pixels that the convolutions remove at each side. Padding the input by this margin keeps its size. SinGAN: 5.
    /// </summary>
    public int Margin => SinGanBlocks.Margin(BodyBlocks);

    /// <summary>Generates an image.</summary>
    /// <param name="input">
    /// Input of the network, (N, <see cref="ImageChannels"/>, H, W), with values in [-1, 1] and sides above 2 <see cref="Margin"/>.
    /// </param>
    /// <param name="skip">Image of the same shape, whose centre is added to the network's output.</param>
    /// <returns>Image, (N, <see cref="ImageChannels"/>, H - 2 <see cref="Margin"/>, W - 2 <see cref="Margin"/>).</returns>
    /// <exception cref="ObjectDisposedException">The network was disposed.</exception>
    public override Tensor forward(Tensor input, Tensor skip)
    {
        ObjectDisposedException.ThrowIf(isDisposed, this);
        using var scope = NewDisposeScope();
        Tensor made = tail.call(body.call(head.call(input)));
        Tensor middle = skip.narrow(2, Margin, made.shape[2]).narrow(3, Margin, made.shape[3]);
        return made.Plus(middle).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        isDisposed = true;
        base.Dispose(disposing);
    }
}
