using Mdf.Models.Layered;
using TorchSharp;
using static TorchSharp.torch;

namespace Mdf.Models.Restoration;

/// <summary>
/// Wraps a module of your own, so that it can be trained, evaluated, restored from in tiles, and saved like the networks of
/// <see cref="ModelZoo"/>.
/// </summary>
/// <remarks>
/// Checkpoints hold the module's weights and buffers by the module's own names, with <see cref="CustomNetworkOptions"/> in the metadata. To
/// load one, create the module, wrap it and call <see cref="RestorationNetwork.LoadWeights"/>. A <c>Sequential</c> of plain convolutions,
/// batch normalisation, ReLU, PReLU and pixel shuffle is computed by this library's own convolutions and can be written as ONNX.
/// </remarks>
public sealed class CustomNetwork : RestorationNetwork
{
    private readonly nn.Module<Tensor, Tensor> module;
    private readonly CustomNetworkOptions options;

    /// <summary>Wraps a module.</summary>
    /// <param name="module">
    /// Module that takes images, (N, C, H, W), and returns images, (N, C, H * scale, W * scale). It belongs to the network from now on and
    /// is disposed with it.
    /// </param>
    /// <param name="options">Channels, scale and receptive radius of the module; null for the defaults.</param>
    /// <exception cref="ArgumentException">The module is a network of this library, which needs no wrapper.</exception>
    public CustomNetwork(nn.Module<Tensor, Tensor> module, CustomNetworkOptions? options = null)
        : this(Wrappable(module), Named(options ?? new CustomNetworkOptions(), module), module.GetType().Name)
    {
    }

    private CustomNetwork(nn.Module<Tensor, Tensor> module, CustomNetworkOptions options, string name)
        : base(name, options, options.Channels, options.Scale, options.ReceptiveRadius)
    {
        this.module = module;
        this.options = options;
        register_module(nameof(module), module);
    }

    /// <summary>The wrapped module.</summary>
    public nn.Module<Tensor, Tensor> Module => module;

    internal override int MinimumSide => options.MinimumSide;

    internal override int SideMultiple => options.SideMultiple;

    internal override nn.Module Weights => module;

    private protected override Tensor Restore(Tensor images)
    {
        long height = images.shape[2], width = images.shape[3], bottom = Padding(height), right = Padding(width);
        Tensor restored = module.call(Padded(images, bottom, right));
        bool fits = restored.ndim == 4 && restored.shape[2] == (height + bottom) * Scale && restored.shape[3] == (width + right) * Scale;

        // A result of another shape is refused by the caller. An alias leaves images that the module returns as they are to their owner.
        return fits ? restored.narrow(2, 0, height * Scale).narrow(3, 0, width * Scale) : restored.alias();
    }

    private protected override void Describe(LayerGraphBuilder layers, int images)
    {
        if (MinimumSide > 1 || SideMultiple > 1)
        {
            throw new NotSupportedException(
                $"{GetName()} pads images ({nameof(MinimumSide)} {MinimumSide}, {nameof(SideMultiple)} {SideMultiple}), which has no "
                + "description as a step.");
        }

        layers.Apply(module, images);
    }

    private static nn.Module<Tensor, Tensor> Wrappable(nn.Module<Tensor, Tensor> module)
    {
        ArgumentNullException.ThrowIfNull(module);
        return module is not RestorationNetwork
            ? module
            : throw new ArgumentException(
                $"{module.GetType().Name} is a network of this library already; expected a module of your own. Use it as it is.",
                nameof(module));
    }

    private static CustomNetworkOptions Named(CustomNetworkOptions options, nn.Module module) =>
        options with { Name = options.Name ?? module.GetType().FullName };

    private long Padding(long side)
    {
        long least = Math.Max(side, MinimumSide);
        return (((least + SideMultiple - 1) / SideMultiple) * SideMultiple) - side;
    }

    // Reflection needs more pixels than it adds; the smallest images repeat their last row and column.
    private static Tensor Padded(Tensor images, long bottom, long right)
    {
        if (bottom + right == 0)
        {
            return images;
        }

        bool canReflect = bottom < images.shape[2] && right < images.shape[3];
        return nn.functional.pad(images, [0, right, 0, bottom], canReflect ? PaddingModes.Reflect : PaddingModes.Replicate);
    }
}
