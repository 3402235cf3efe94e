using Mdf.TorchCompatibility;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Mdf.Models.Adversarial;

/// <summary>Building blocks of SinGAN's generator and discriminator.</summary>
internal static class SinGanBlocks
{
    public const int KernelSize = 3;

    /// <summary>LeakyReLU's negative slope.</summary>
    public const double NegativeSlope = 0.2;

    /// <summary>Creates a block: convolution without padding, batch normalisation, LeakyReLU.</summary>
    public static Sequential Block(int inputChannels, int outputChannels) => Sequential(
        ("conv", Layers.Convolution(inputChannels, outputChannels, KernelSize, padding: 0)),
        ("norm", new SafeBatchNorm2d(outputChannels)),
        ("activation", new SafeLeakyReLU(NegativeSlope, inplace: true)));

    /// <summary>Creates a sequence of blocks named <c>block1</c>, <c>block2</c>, ...</summary>
    public static Sequential Body(int width, int blocks) =>
        Sequential([.. Enumerable.Range(1, blocks).Select(i => ($"block{i}", (Module<Tensor, Tensor>)Block(width, width)))]);

    /// <summary>
    /// Initialises a network for training: convolution weights from N(0, 0.02), normalisation weights from N(1, 0.02), biases zero. Running
    /// statistics are reset.
    /// </summary>
    public static void Initialize(Module network, Generator generator)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        foreach ((string name, Parameter parameter) in network.named_parameters())
        {
            bool isBias = name.EndsWith(".bias", StringComparison.Ordinal);
            double mean = name.EndsWith(".norm.weight", StringComparison.Ordinal) ? 1 : 0;
            parameter.copy_(isBias
                ? zeros_like(parameter)
                : randn(parameter.shape, ScalarType.Float32, CPU, generator: generator).Times(0.02).Plus(mean));
        }

        foreach ((string name, Tensor buffer) in network.named_buffers())
        {
            buffer.copy_(name.EndsWith(".running_var", StringComparison.Ordinal) ? ones_like(buffer) : zeros_like(buffer));
        }
    }

    /// <summary>Sets a block's running statistics to those of the given input, and returns the block's output.</summary>
    public static Tensor Calibrate(Sequential block, Tensor input)
    {
        Module<Tensor, Tensor>[] layers = [.. block.children().Cast<Module<Tensor, Tensor>>()];
        var norm = (SafeBatchNorm2d)layers[1];
        Tensor maps = layers[0].call(input);
        norm.Mean.copy_(maps.mean([0, 2, 3]));
        norm.Variance.copy_(maps.var([0, 2, 3], unbiased: true));
        return layers[2].call(norm.call(maps));
    }

    /// <summary>Returns the number of pixels that the convolutions of head, blocks and tail remove at each side.</summary>
    public static int Margin(int bodyBlocks) => (KernelSize / 2) * (bodyBlocks + 2);
}
