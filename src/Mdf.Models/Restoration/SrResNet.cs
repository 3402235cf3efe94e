using Mdf.Models.Layered;
using Mdf.TorchCompatibility;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Mdf.Models.Restoration;

/// <summary>
/// SRResNet, the generator of SRGAN, for super-resolution: residual blocks of convolution, batch normalisation and PReLU, followed by
/// upsampling with sub-pixel convolutions (pixel shuffle). The output is not bounded. <see cref="MsrResNet"/> is the variant without
/// normalisation.
/// </summary>
/// <remarks>
/// Ledig et al., "Photo-Realistic Single Image Super-Resolution Using a Generative Adversarial Network", CVPR 2017, Figure 4.
/// </remarks>
public sealed class SrResNet : RestorationNetwork
{
    internal const int ColorChannels = 3;

    /// <summary>Kernel size of the first and the last convolution.</summary>
    internal const int OuterKernelSize = 9;

    private readonly Sequential head;
    private readonly Sequential body;
    [ComponentName(Name = "body_tail")]
    private readonly Sequential bodyTail;
    private readonly Sequential upsample;
    private readonly ImageConvolution tail;

    /// <summary>Creates the network with PyTorch's default initialisation; the paper does not specify one.</summary>
    /// <param name="options">Architecture; null for the published network.</param>
    /// <param name="seed">Seeds all random choices; the same seed gives the same weights. Default: 0.</param>
    public SrResNet(SrResNetOptions? options = null, long seed = 0)
        : this(options ?? new SrResNetOptions(), seed, nameof(SrResNet))
    {
    }

    private SrResNet(SrResNetOptions options, long seed, string name)
        : base(
            name,
            options,
            ColorChannels,
            options.Scale,
            (OuterKernelSize / 2) + (2 * options.Blocks) + 1 + Layers.UpscalingReach(options.Scale, OuterKernelSize))
    {
        using var scope = NewDisposeScope();
        int width = options.Width;
        head = Sequential(("conv", Layers.Convolution(ColorChannels, width, OuterKernelSize)), ("act", Layers.ParametricRelu()));
        body = Sequential([.. Enumerable.Range(0, options.Blocks).Select(_ => new Block(width))]);
        bodyTail = Sequential(("conv", Layers.Convolution(width, width)), ("norm", new SafeBatchNorm2d(width)));
        upsample = Sequential(
        [
            .. Layers.UpscalingSteps(options.Scale).Select(step => Sequential(
                ("conv", Layers.Convolution(width, width * step * step)),
                ("shuffle", PixelShuffle(step)),
                ("act", Layers.ParametricRelu()))),
        ]);
        tail = new ImageConvolution(width, ColorChannels, OuterKernelSize);
        RegisterComponents();
        WeightInitialization.Uniform(this, seed);
    }

    private protected override Tensor Restore(Tensor images)
    {
        Tensor features = head.call(images);
        return tail.call(upsample.call(bodyTail.call(body.call(features)).Plus(features)));
    }

    private protected override void Describe(LayerGraphBuilder layers, int images)
    {
        int features = layers.Apply(head, images);
        int sum = layers.Add(new AddStep(layers.Apply(bodyTail, layers.Apply(body, features)), features));
        layers.Apply(tail, layers.Apply(upsample, sum));
    }

    private sealed class Block : Module<Tensor, Tensor>, ILayered
    {
        private readonly Conv2d conv1;
        private readonly SafeBatchNorm2d norm1;
        private readonly PReLU act;
        private readonly Conv2d conv2;
        private readonly SafeBatchNorm2d norm2;

        public Block(int width)
            : base(nameof(Block))
        {
            conv1 = Layers.Convolution(width, width);
            norm1 = new SafeBatchNorm2d(width);
            act = Layers.ParametricRelu();
            conv2 = Layers.Convolution(width, width);
            norm2 = new SafeBatchNorm2d(width);
            RegisterComponents();
        }

        public override Tensor forward(Tensor input)
        {
            using var scope = NewDisposeScope();
            Tensor inner = act.call(norm1.call(conv1.call(input)));
            return norm2.call(conv2.call(inner)).Plus(input).MoveToOuterDisposeScope();
        }

        public int Describe(LayerGraphBuilder layers, int input)
        {
            int inner = layers.Apply(act, layers.Apply(norm1, layers.Apply(conv1, input)));
            return layers.Add(new AddStep(layers.Apply(norm2, layers.Apply(conv2, inner)), input));
        }
    }
}
