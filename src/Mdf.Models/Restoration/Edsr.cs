using Mdf.Models.Layered;
using Mdf.TorchCompatibility;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Mdf.Models.Restoration;

/// <summary>
/// EDSR, for super-resolution: residual blocks without normalisation, followed by upsampling with sub-pixel convolutions (pixel shuffle).
/// It loads the published weights of EDSR-PyTorch and uses the same parameter names (<c>body.0.body.0.weight</c>). As in EDSR-PyTorch, it
/// internally scales values to [0, 255] and subtracts the mean colour of DIV2K.
/// </summary>
/// <remarks>Lim et al., "Enhanced Deep Residual Networks for Single Image Super-Resolution", CVPR workshops 2017.</remarks>
public sealed class Edsr : RestorationNetwork
{
    internal const int ColorChannels = 3;

    private const float ValueRange = 255;

    // Mean red, green and blue of DIV2K in [0, 1]. They are scaled in float32, like in the authors' code.
    private static readonly float[] MeanColor = [0.4488f, 0.4371f, 0.4040f];

    [ComponentName(Name = "sub_mean")]
    private readonly Conv2d subtractMean;
    [ComponentName(Name = "add_mean")]
    private readonly Conv2d addMean;
    private readonly Sequential head;
    private readonly Sequential body;
    private readonly Sequential tail;

    /// <summary>Creates the network with PyTorch's default initialisation, which the authors use.</summary>
    /// <param name="options">Architecture; null for the baseline network for x4 super-resolution.</param>
    /// <param name="seed">Seeds all random choices; the same seed gives the same weights. Default: 0.</param>
    public Edsr(EdsrOptions? options = null, long seed = 0)
        : this(options ?? new EdsrOptions(), seed, nameof(Edsr))
    {
    }

    private Edsr(EdsrOptions options, long seed, string name)
        : base(
            name,
            options,
            ColorChannels,
            options.Scale,
            2 + (2 * options.Blocks) + Layers.UpscalingReach(options.Scale, lastKernelSize: 3))
    {
        using var scope = NewDisposeScope();
        int width = options.Width;
        subtractMean = MeanShift(-ValueRange);
        addMean = MeanShift(ValueRange);
        head = Sequential(Layers.Convolution(ColorChannels, width));
        body = Sequential(
        [
            .. Enumerable.Range(0, options.Blocks).Select(_ => new Block(width, options.ResidualScale)),
            Layers.Convolution(width, width),
        ]);
        Module<Tensor, Tensor>[] upscaling =
        [
            .. Layers.UpscalingSteps(options.Scale).SelectMany(step => new Module<Tensor, Tensor>[]
            {
                Layers.Convolution(width, width * step * step),
                PixelShuffle(step),
            }),
        ];
        tail = Sequential(Sequential(upscaling), new ImageConvolution(width, ColorChannels));
        RegisterComponents();
        WeightInitialization.Uniform(this, seed);
    }

    private protected override Tensor Restore(Tensor images)
    {
        Tensor features = head.call(subtractMean.call(images.Times(ValueRange)));
        return addMean.call(tail.call(body.call(features).Plus(features))).Over(ValueRange);
    }

    private protected override void Describe(LayerGraphBuilder layers, int images)
    {
        int features = layers.Apply(head, layers.Apply(subtractMean, layers.Add(new ScaleStep(images, ValueRange))));
        int sum = layers.Add(new AddStep(layers.Apply(body, features), features));
        layers.Add(new ScaleStep(layers.Apply(addMean, layers.Apply(tail, sum)), 1.0 / ValueRange));
    }

    // As in EDSR-PyTorch, the shift is a frozen 1 x 1 convolution, which is part of checkpoints.
    private static Conv2d MeanShift(float factor)
    {
        using var noGradient = no_grad();
        Conv2d shift = Layers.Convolution(ColorChannels, ColorChannels, kernelSize: 1);
        shift.weight.copy_(eye(ColorChannels, dtype: ScalarType.Float32, device: CPU).reshape(shift.weight.shape));
        shift.bias!.copy_(tensor(MeanColor.Select(value => value * factor).ToArray(), ScalarType.Float32, CPU));
        shift.weight.requires_grad = false;
        shift.bias.requires_grad = false;
        return shift;
    }

    private sealed class Block : Module<Tensor, Tensor>, ILayered
    {
        private readonly Sequential body;
        private readonly double residualScale;

        public Block(int width, double residualScale)
            : base(nameof(Block))
        {
            this.residualScale = residualScale;
            body = Sequential(Layers.Convolution(width, width), ReLU(inplace: true), Layers.Convolution(width, width));
            RegisterComponents();
        }

        public override Tensor forward(Tensor input)
        {
            using var scope = NewDisposeScope();
            return body.call(input).Times(residualScale).Plus(input).MoveToOuterDisposeScope();
        }

        public int Describe(LayerGraphBuilder layers, int input) =>
            layers.Add(new AddStep(input, layers.Apply(body, input), residualScale));
    }
}
