using Mdf.Models.Layered;
using Mdf.TorchCompatibility;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Mdf.Models.Restoration;

/// <summary>
/// BasicSR's variant of SRResNet without normalisation, for super-resolution: residual blocks as in EDSR, LeakyReLU(0.1), 3 x 3
/// convolutions only, and a result that is added to the bilinearly enlarged image. It loads the published weights of BasicSR and ESRGAN and
/// uses the same parameter names (<c>body.0.conv1.weight</c>).
/// </summary>
/// <remarks>MSRResNet of BasicSR; Wang et al., "ESRGAN", ECCV workshops 2018, after Ledig et al., CVPR 2017.</remarks>
public sealed class MsrResNet : RestorationNetwork
{
    internal const int ColorChannels = 3;

    private const double NegativeSlope = 0.1;
    private const double InitialGain = 0.1;

    [ComponentName(Name = "conv_first")]
    private readonly Conv2d first;
    private readonly Sequential body;
    [ComponentName(Name = "upconv1")]
    private readonly Conv2d enlarge1;
    [ComponentName(Name = "upconv2")]
    private readonly Conv2d? enlarge2;
    [ComponentName(Name = "conv_hr")]
    private readonly Conv2d large;
    [ComponentName(Name = "conv_last")]
    private readonly ImageConvolution last;

    /// <summary>Creates the network with BasicSR's initialisation: weights as in He et al. 2015, multiplied by 0.1, and biases 0.</summary>
    /// <param name="options">Architecture; null for the published network for x4 super-resolution.</param>
    /// <param name="seed">Seeds all random choices; the same seed gives the same weights. Default: 0.</param>
    public MsrResNet(MsrResNetOptions? options = null, long seed = 0)
        : this(options ?? new MsrResNetOptions(), seed, nameof(MsrResNet))
    {
    }

    private MsrResNet(MsrResNetOptions options, long seed, string name)
        : base(
            name,
            options,
            ColorChannels,
            options.Scale,
            1 + (2 * options.Blocks) + Layers.UpscalingReach(options.Scale, lastKernelSize: 5))
    {
        using var scope = NewDisposeScope();
        int width = options.Width;
        Conv2d[] enlarging = [.. Layers.UpscalingSteps(options.Scale).Select(step => Layers.Convolution(width, width * step * step))];
        first = Layers.Convolution(ColorChannels, width);
        body = Sequential([.. Enumerable.Range(0, options.Blocks).Select(_ => new Block(width))]);
        enlarge1 = enlarging[0];
        enlarge2 = enlarging.ElementAtOrDefault(1);
        large = Layers.Convolution(width, width);
        last = new ImageConvolution(width, ColorChannels);
        RegisterComponents();
        WeightInitialization.Normal(this, seed, InitialGain);
    }

    private protected override Tensor Restore(Tensor images)
    {
        Tensor features = body.call(Activate(first.call(images)));
        int step = Layers.UpscalingSteps(Scale)[0];
        foreach (Conv2d enlarge in Enlarging())
        {
            features = Activate(functional.pixel_shuffle(enlarge.call(features), step));
        }

        long[] size = [images.shape[2] * Scale, images.shape[3] * Scale];
        Tensor smooth = functional.interpolate(images, size, mode: InterpolationMode.Bilinear, align_corners: false);
        return last.call(Activate(large.call(features))).Plus(smooth);
    }

    private protected override void Describe(LayerGraphBuilder layers, int images)
    {
        int features = layers.Apply(body, Activate(layers.Apply(first, images)));
        int step = Layers.UpscalingSteps(Scale)[0];
        foreach (Conv2d enlarge in Enlarging())
        {
            features = Activate(layers.Add(new PixelShuffleStep(layers.Apply(enlarge, features), step)));
        }

        int smooth = layers.Add(new BilinearUpscaleStep(images, Scale));
        layers.Add(new AddStep(layers.Apply(last, Activate(layers.Apply(large, features))), smooth));

        int Activate(int value) => layers.Add(new LeakyReluStep(value, NegativeSlope));
    }

    private Conv2d[] Enlarging() => enlarge2 is null ? [enlarge1] : [enlarge1, enlarge2];

    private static Tensor Activate(Tensor features) => features.WithLeakyRelu(NegativeSlope);

    private sealed class Block : Module<Tensor, Tensor>, ILayered
    {
        private readonly Conv2d conv1;
        private readonly Conv2d conv2;

        public Block(int width)
            : base(nameof(Block))
        {
            conv1 = Layers.Convolution(width, width);
            conv2 = Layers.Convolution(width, width);
            RegisterComponents();
        }

        public override Tensor forward(Tensor input)
        {
            using var scope = NewDisposeScope();
            return conv2.call(conv1.call(input).relu_()).Plus(input).MoveToOuterDisposeScope();
        }

        public int Describe(LayerGraphBuilder layers, int input)
        {
            int inner = layers.Add(new ReluStep(layers.Apply(conv1, input)));
            return layers.Add(new AddStep(layers.Apply(conv2, inner), input));
        }
    }
}
