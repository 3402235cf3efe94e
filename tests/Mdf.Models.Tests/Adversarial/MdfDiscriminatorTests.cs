using Mdf.Models.Adversarial;
using Mdf.Testing;
using static TorchSharp.torch;

namespace Mdf.Models.Tests.Adversarial;

public sealed class MdfDiscriminatorTests
{
    [Theory]
    [InlineData(32, 29_185)]
    [InlineData(64, 113_665)]
    [InlineData(128, 448_513)]
    public void Constructor_PublishedWidths_HavePublishedParameterCounts(int width, long count)
    {
        using var discriminator = new MdfDiscriminator(width);
        Assert.Equal(count, discriminator.parameters().Sum(p => p.numel()));
    }

    [Fact]
    public void StateDictionary_Names_AreThoseOfThePublishedWeights()
    {
        using var discriminator = new MdfDiscriminator(2);
        string[] norm = ["weight", "bias", "running_mean", "running_var", "num_batches_tracked"];
        IEnumerable<string> Block(string name) => [$"{name}.conv.weight", $"{name}.conv.bias", .. norm.Select(n => $"{name}.norm.{n}")];
        string[] expected =
        [
            .. Block("head"), .. Block("body.block1"), .. Block("body.block2"), .. Block("body.block3"), "tail.weight", "tail.bias",
        ];
        Assert.Equal(expected.Order(), discriminator.state_dict().Keys.Order());
    }

    [Theory]
    [InlineData(1, 7)]
    [InlineData(3, 11)]
    [InlineData(5, 15)]
    public void ReceptiveField_IsTheSmallestSideWithAScore(int blocks, int side)
    {
        using var scope = NewDisposeScope();
        using var discriminator = new MdfDiscriminator(2, blocks, inputChannels: 1);
        Assert.Equal(side, discriminator.ReceptiveField);
        Assert.Equal([2, 1, 1, 4], discriminator.call(zeros(2, 1, side, side + 3)).shape);
        Assert.ThrowsAny<Exception>(() => discriminator.call(zeros(2, 1, side - 1, side)));
    }

    [Fact]
    public void Features_LastMap_IsTheScore()
    {
        using var scope = NewDisposeScope();
        using var discriminator = new MdfDiscriminator(4);
        discriminator.eval();
        Tensor images = rand(2, 3, 16, 13);
        (Tensor head, Tensor body, Tensor tail) = discriminator.Features(images);
        Assert.Equal([2, 4, 14, 11], head.shape);
        Assert.Equal([2, 4, 8, 5], body.shape);
        Assert.Equal([2, 1, 6, 3], tail.shape);
        TensorAssert.Equal(discriminator.call(images), tail);
        Assert.True(head.min().item<float>() < 0, "LeakyReLU lets a fifth of negative values through.");
    }

    [Fact]
    public void ForwardAndFeatures_Disposed_LeaveNoTensor()
    {
        using var discriminator = new MdfDiscriminator(4);
        using Tensor images = rand(1, 3, 12, 12);
        LiveTensors.AssertNoneLeft(() =>
        {
            discriminator.call(images).Dispose();
            (Tensor head, Tensor body, Tensor tail) = discriminator.Features(images);
            head.Dispose();
            body.Dispose();
            tail.Dispose();
        });
    }

    [Theory]
    [InlineData(0, 3, 3, "width")]
    [InlineData(4, 0, 3, "bodyBlocks")]
    [InlineData(4, 3, 0, "inputChannels")]
    public void Constructor_NumberBelowOne_NamesTheArgument(int width, int blocks, int channels, string name) =>
        Assert.Equal(name, Assert.Throws<ArgumentOutOfRangeException>(() => new MdfDiscriminator(width, blocks, channels)).ParamName);
}
