using Mdf.Guards;
using Mdf.Models.Layered;
using Mdf.TorchCompatibility;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Mdf.Models.Restoration;

/// <summary>
/// DnCNN, for denoising and JPEG artefact removal: a chain of convolutions that estimates the degradation of an image
/// (<see cref="Residual"/>), which is then subtracted. It loads the published weights of SaoYan's DnCNN-PyTorch (<c>dncnn.0.weight</c>) and
/// of KAIR (<c>model.0.weight</c>), with separate or merged batch normalisation, and is saved with the names of DnCNN-PyTorch.
/// </summary>
/// <remarks>
/// Zhang et al., "Beyond a Gaussian Denoiser: Residual Learning of Deep CNN for Image Denoising", IEEE Transactions on Image Processing
/// 2017.
/// </remarks>
public sealed class DnCnn : RestorationNetwork
{
    private const string KairPrefix = "model.";
    private const string OwnPrefix = "dncnn.";
    private const double Epsilon = 1e-5;
    private const double KairEpsilon = 1e-4;
    private const double LeastScale = 0.025;

    [ComponentName(Name = "dncnn")]
    private readonly Sequential chain;

    /// <summary>
    /// Creates the network with the initialisation of the paper's authors: convolutions as in He et al. 2015, biases 0, and small batch
    /// normalisation weights, so that the network initially changes images little.
    /// </summary>
    /// <param name="options">Architecture; null for the published colour network for one noise level.</param>
    /// <param name="seed">Seeds all random choices; the same seed gives the same weights. Default: 0.</param>
    public DnCnn(DnCnnOptions? options = null, long seed = 0)
        : this(options ?? new DnCnnOptions(), seed, nameof(DnCnn))
    {
    }

    private DnCnn(DnCnnOptions options, long seed, string name)
        : base(name, options, options.Channels, scale: 1, reach: options.Layers)
    {
        using var scope = NewDisposeScope();
        var layers = new List<Module<Tensor, Tensor>>
        {
            Layers.Convolution(options.Channels, options.Width, bias: options.Biases),
            ReLU(inplace: true),
        };
        for (int i = 0; i < options.Layers - 2; i++)
        {
            layers.Add(Layers.Convolution(options.Width, options.Width, bias: options.Biases));
            if (options.Normalization)
            {
                layers.Add(new SafeBatchNorm2d(options.Width, Epsilon));
            }

            layers.Add(ReLU(inplace: true));
        }

        layers.Add(new ImageConvolution(options.Width, options.Channels, bias: options.Biases));
        chain = Sequential(layers);
        RegisterComponents();
        WeightInitialization.Normal(this, seed);
        InitializeNormalization(layers.OfType<SafeBatchNorm2d>(), seed);
    }

    /// <summary>Estimates the degradation of images, such as their noise. Gradients flow to the images.</summary>
    /// <param name="input">
    /// Images, (N, <see cref="RestorationNetwork.Channels"/>, H, W), with values in [0, 1], of the network's type and on its device.
    /// </param>
    /// <returns>The residual that the network subtracts from the images, of the same shape.</returns>
    /// <exception cref="ArgumentException">The images have another shape.</exception>
    public Tensor Residual(Tensor input)
    {
        ImageGuard.Shape(input, Channels, nameof(input));
        return chain.call(input);
    }

    private protected override Tensor Restore(Tensor images) => images - chain.call(images);

    private protected override void Describe(LayerGraphBuilder layers, int images) =>
        layers.Add(new AddStep(images, layers.Apply(chain, images), Factor: -1));

    // Follows the authors' training code: normal with the convolutions' standard deviation, and of at least a small magnitude.
    private static void InitializeNormalization(IEnumerable<SafeBatchNorm2d> layers, long seed)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var generator = new Generator((ulong)seed, CPU);
        foreach (SafeBatchNorm2d layer in layers)
        {
            double deviation = Math.Sqrt(2.0 / (9 * layer.Weight.shape[0]));
            Tensor drawn = randn(layer.Weight.shape, ScalarType.Float32, CPU, generator: generator).Times(deviation);
            layer.Weight.copy_(drawn.abs().AtLeast(LeastScale) * drawn.sign());
        }
    }

    private protected override IReadOnlyDictionary<string, Tensor> Translate(IReadOnlyDictionary<string, Tensor> weights)
    {
        if (!weights.Keys.All(name => name.StartsWith(KairPrefix, StringComparison.Ordinal)))
        {
            return weights;
        }

        // KAIR uses a larger epsilon in batch normalisation; adding the difference to the variances compensates for it.
        return weights.ToDictionary(
            weight => OwnPrefix + weight.Key[KairPrefix.Length..],
            weight => weight.Key.EndsWith(".running_var", StringComparison.Ordinal)
                ? weight.Value.Plus(KairEpsilon - Epsilon)
                : weight.Value);
    }
}
