using Mdf.Checkpoints;
using Mdf.Models.Adversarial;
using Mdf.Models.Restoration;
using Mdf.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace Mdf.Models.Tests.Restoration;

/// <summary>Compares networks with public implementations; both have the same formula weights.</summary>
public sealed class RestorationReferenceTests
{
    [Fact]
    public void DnCnn_FormulaWeights_GivesTheReferenceNoise()
    {
        using var network = new DnCnn();
        Compare("dncnn", network, network.Residual);
    }

    [Fact]
    public void Edsr_FormulaWeights_GivesTheReferenceImage()
    {
        using var network = new Edsr();
        Compare("edsr", network, images => network.call(images / 255) * 255, name => name.Contains("_mean.", StringComparison.Ordinal));
    }

    [Fact]
    public void SrResNet_FormulaWeights_GivesTheReferenceImage()
    {
        using var network = new SrResNet();
        Compare("srresnet", network, network.call);
    }

    [Fact]
    public void SrganDiscriminator_FormulaWeights_GivesTheReferenceLogits()
    {
        using var network = new SrganDiscriminator();
        Compare("srgan_d", network, network.call);
    }

    private static void Compare(string name, nn.Module network, Func<Tensor, Tensor> forward, Predicate<string>? isKept = null)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using StateDictionary reference = ReferenceData.Open("models.safetensors");
        FormulaWeights.Fill(network, isKept);
        network.eval();

        Assert.Equal(reference[$"{name}.parameter_count"].item<long>(), network.parameters().Sum(p => p.numel()));
        double sum = network.state_dict().Values.Where(t => t.is_floating_point()).Sum(t => t.to(ScalarType.Float64).sum().item<double>());
        Assert.Equal(reference[$"{name}.state_sum"].item<double>(), sum, 1e-3);

        Tensor input = reference[$"{name}.input"], expected = reference[$"{name}.output_f64"];
        double largest = expected.abs().max().item<double>();
        TensorAssert.Near(expected, forward(input), 1e-4 * largest);
        TensorAssert.Near(reference[$"{name}.output"], forward(input), 1e-4 * largest);
        network.to(ScalarType.Float64);
        TensorAssert.Near(expected, forward(input.to(ScalarType.Float64)), 1e-9 * largest);
    }
}
