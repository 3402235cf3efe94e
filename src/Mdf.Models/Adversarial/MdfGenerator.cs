using Mdf.TorchCompatibility;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Mdf.Models.Adversarial;

/// <summary>
/// One scale's generator, against which a <see cref="MdfDiscriminator"/> is trained; it is SinGAN's. Head, blocks and tail as the
/// discriminator has them, but the tail gives an image through tanh, and the middle of a second image is added: the network only makes
/// what has to be changed about it. Parameter names are SinGAN's: <c>head.conv.weight</c>, <c>body.block1.norm.weight</c>,
/// <c>tail.0.weight</c>.
/// </summary>
/// <remarks>Shaham et al., "SinGAN", ICCV 2019 (GeneratorConcatSkip2CleanAdd in its code).</remarks>
public sealed class MdfGenerator : Module<Tensor, Tensor, Tensor>
{
    private readonly Sequential head;
    private readonly Sequential body;
    private readonly Sequential tail;

    /// <summary>Creates a generator with libtorch's default initialisation.</summary>
    /// <param name="width">The channels of every feature map, at least 1 (SinGAN: 32 or 64).</param>
    /// <param name="bodyBlocks">The blocks between head and tail, at least 1 (SinGAN: 3).</param>
    /// <param name="imageChannels">The channels of the images, at least 1 (SinGAN: 3, RGB).</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is below 1.</exception>
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
        tail = Sequential(("0", Conv2d(width, imageChannels, SinGanBlocks.KernelSize)), ("1", Tanh()));
        RegisterComponents();
    }

    /// <summary>The channels of every feature map.</summary>
    public int Width { get; }

    /// <summary>The blocks between head and tail.</summary>
    public int BodyBlocks { get; }

    /// <summary>The channels of the images.</summary>
    public int ImageChannels { get; }

    /// <summary>The pixels that are lost at each side, and by which an input is padded to keep its size (SinGAN: 5).</summary>
    public int Margin => SinGanBlocks.Margin(BodyBlocks);

    /// <summary>Makes an image.</summary>
    /// <param name="input">What the network sees, (N, <see cref="ImageChannels"/>, H, W), values in [-1, 1], sides above 2 <see cref="Margin"/>.</param>
    /// <param name="skip">The image whose middle is added to what the network makes, of the same shape.</param>
    /// <returns>(N, <see cref="ImageChannels"/>, H - 2 <see cref="Margin"/>, W - 2 <see cref="Margin"/>).</returns>
    public override Tensor forward(Tensor input, Tensor skip)
    {
        using var scope = NewDisposeScope();
        Tensor made = tail.call(body.call(head.call(input)));
        Tensor middle = skip.narrow(2, Margin, made.shape[2]).narrow(3, Margin, made.shape[3]);
        return made.Plus(middle).MoveToOuterDisposeScope();
    }
}
