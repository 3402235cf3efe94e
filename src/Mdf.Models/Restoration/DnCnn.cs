using Mdf.TorchCompatibility;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Mdf.Models.Restoration;

/// <summary>
/// DnCNN: a chain of convolutions that estimates what is wrong with an image (<see cref="Residual"/>), which is then subtracted. For
/// denoising and for the removal of JPEG artefacts. Takes the published weights of SaoYan's DnCNN-PyTorch (<c>dncnn.0.weight</c>) and of
/// KAIR (<c>model.0.weight</c>), with batch normalisation or with it merged into the convolutions; it is saved with the former names.
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
    /// Creates the network, initialised as by the paper's authors: convolutions as He et al. 2015, biases 0, and the weights of batch
    /// normalisation small, so that the network starts close to leaving images as they are.
    /// </summary>
    /// <param name="options">Its form; null for the published one for one noise level, in colour.</param>
    /// <param name="seed">The same seed gives the same weights.</param>
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
                layers.Add(BatchNorm2d(options.Width, eps: Epsilon));
            }

            layers.Add(ReLU(inplace: true));
        }

        layers.Add(new ImageConvolution(options.Width, options.Channels, bias: options.Biases));
        chain = Sequential(layers);
        RegisterComponents();
        WeightInitialization.Normal(this, seed);
        InitializeNormalization(layers.OfType<BatchNorm2d>(), seed);
    }

    /// <summary>Estimates what is wrong with images: the noise, for instance. Gradients flow.</summary>
    /// <param name="input">As in <see cref="RestorationNetwork.forward"/>.</param>
    /// <returns>What the network subtracts from the images, of their shape.</returns>
    /// <exception cref="ArgumentException">The shape is another one.</exception>
    public Tensor Residual(Tensor input)
    {
        ImageArguments.CheckShape(input, Channels, nameof(input));
        return chain.call(input);
    }

    private protected override Tensor Restore(Tensor images) => images - chain.call(images);

    // As in the authors' training code: normal, of the convolutions' deviation, and never nearer to zero than a small number.
    private static void InitializeNormalization(IEnumerable<BatchNorm2d> layers, long seed)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var generator = new Generator((ulong)seed, CPU);
        foreach (BatchNorm2d layer in layers)
        {
            Tensor drawn = randn(layer.weight!.shape, generator: generator) * Math.Sqrt(2.0 / (9 * layer.weight.shape[0]));
            layer.weight.copy_(drawn.abs().clamp_min(LeastScale) * drawn.sign());
        }
    }

    private protected override IReadOnlyDictionary<string, Tensor> Translate(IReadOnlyDictionary<string, Tensor> weights)
    {
        if (!weights.Keys.All(name => name.StartsWith(KairPrefix, StringComparison.Ordinal)))
        {
            return weights;
        }

        // KAIR adds more to the variances before it divides by their root.
        return weights.ToDictionary(
            weight => OwnPrefix + weight.Key[KairPrefix.Length..],
            weight => weight.Key.EndsWith(".running_var", StringComparison.Ordinal) ? weight.Value + (KairEpsilon - Epsilon) : weight.Value);
    }
}
