using Mdf.Checkpoints;
using Mdf.Models.Adversarial;
using Mdf.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace Mdf.Models.Tests.Adversarial;

public sealed class MdfGeneratorTests
{
    [Theory]
    [InlineData(32, 29_763)]
    [InlineData(64, 114_819)]
    public void Constructor_WidthsOfSinGan_HaveItsParameterCounts(int width, long count)
    {
        using var generator = new MdfGenerator(width);
        Assert.Equal(count, generator.parameters().Sum(p => p.numel()));
        Assert.Equal(5, generator.Margin);
    }

    [Theory]
    [InlineData(32)]
    [InlineData(64)]
    public void Forward_FormulaWeights_IsTheReference(int width)
    {
        using StateDictionary reference = ReferenceData.Open("models.safetensors");
        using var scope = NewDisposeScope();
        using var generator = new MdfGenerator(width);
        FormulaWeights.Fill(generator);
        generator.eval();
        Tensor input = reference[$"mdf_g{width}.x"], skip = reference[$"mdf_g{width}.y"], expected = reference[$"mdf_g{width}.output_f64"];
        using (no_grad())
        {
            Tensor single = generator.call(input, skip);
            TensorAssert.Near(reference[$"mdf_g{width}.output"], single, 1e-4 * expected.abs().max().item<double>());
            generator.to(ScalarType.Float64);
            TensorAssert.Near(
                expected,
                generator.call(input.to(ScalarType.Float64), skip.to(ScalarType.Float64)),
                1e-9 * expected.abs().max().item<double>());
        }
    }

    [Fact]
    public void Forward_ZeroTail_IsTheMiddleOfSkip()
    {
        using var scope = NewDisposeScope();
        using var generator = new MdfGenerator(4, bodyBlocks: 1, imageChannels: 1);
        using (no_grad())
        {
            generator.get_parameter("tail.0.weight")!.zero_();
            generator.get_parameter("tail.0.bias")!.zero_();
        }

        Tensor skip = rand(2, 1, 9, 12);
        Tensor made = generator.call(rand(2, 1, 9, 12), skip);
        TensorAssert.Equal(skip.narrow(2, 3, 3).narrow(3, 3, 6), made.detach());
    }

    [Fact]
    public void Forward_Disposed_LeavesNoTensor()
    {
        using var generator = new MdfGenerator(4);
        using Tensor image = rand(1, 3, 14, 14);
        LiveTensors.AssertNoneLeft(() => generator.call(image, image).Dispose());
    }

    [Theory]
    [InlineData(0, 3, 3, "width")]
    [InlineData(4, 0, 3, "bodyBlocks")]
    [InlineData(4, 3, 0, "imageChannels")]
    public void Constructor_NumberBelowOne_NamesTheArgument(int width, int blocks, int channels, string name) =>
        Assert.Equal(name, Assert.Throws<ArgumentOutOfRangeException>(() => new MdfGenerator(width, blocks, channels)).ParamName);
}
