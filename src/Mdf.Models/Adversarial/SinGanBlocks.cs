using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Mdf.Models.Adversarial;

/// <summary>What SinGAN's generator and discriminator have in common.</summary>
internal static class SinGanBlocks
{
    public const int KernelSize = 3;

    /// <summary>The slope of every LeakyReLU below zero.</summary>
    public const double NegativeSlope = 0.2;

    /// <summary>Convolution without padding, batch normalisation, LeakyReLU.</summary>
    public static Sequential Block(int inputChannels, int outputChannels) => Sequential(
        ("conv", Conv2d(inputChannels, outputChannels, KernelSize)),
        ("norm", BatchNorm2d(outputChannels)),
        ("activation", LeakyReLU(NegativeSlope, inplace: true)));

    /// <summary>Blocks named <c>block1</c>, <c>block2</c>, ...</summary>
    public static Sequential Body(int width, int blocks) =>
        Sequential([.. Enumerable.Range(1, blocks).Select(i => ($"block{i}", (Module<Tensor, Tensor>)Block(width, width)))]);

    /// <summary>
    /// The start of training: convolutions from N(0, 0.02), normalisation weights from N(1, 0.02), biases zero, running statistics afresh.
    /// </summary>
    public static void Initialize(Module network, Generator generator)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        foreach ((string name, Parameter parameter) in network.named_parameters())
        {
            bool isBias = name.EndsWith(".bias", StringComparison.Ordinal);
            double mean = name.EndsWith(".norm.weight", StringComparison.Ordinal) ? 1 : 0;
            parameter.copy_(isBias ? zeros_like(parameter) : (randn(parameter.shape, generator: generator) * 0.02) + mean);
        }

        foreach ((string name, Tensor buffer) in network.named_buffers())
        {
            buffer.fill_(name.EndsWith(".running_var", StringComparison.Ordinal) ? 1 : 0);
        }
    }

    /// <summary>The pixels that the convolutions of head, blocks and tail take off each side.</summary>
    public static int Margin(int bodyBlocks) => (KernelSize / 2) * (bodyBlocks + 2);
}
