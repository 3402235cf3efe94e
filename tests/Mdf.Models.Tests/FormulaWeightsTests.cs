using Mdf.Checkpoints;
using Mdf.Models.Adversarial;
using Mdf.Testing;
using static TorchSharp.torch;

namespace Mdf.Models.Tests;

/// <summary>Checks that test weights equal those that the reference values were computed with.</summary>
public sealed class FormulaWeightsTests
{
    [Fact]
    public void Create_KnownName_GivesTheFormulasValues()
    {
        using var scope = NewDisposeScope();

        // The CRC-32 of "x.weight" is 857400175, and each row has two elements.
        Tensor weight = FormulaWeights.Create("x.weight", 3, 2);

        Assert.Equal([3, 2], weight.shape);
        Assert.Equal(ScalarType.Float32, weight.dtype);
        Assert.Equal((float)(((2 * (857400175 / 4294967296.0)) - 1) * Math.Sqrt(3)), weight[0, 0].item<float>());
        Assert.Equal((float)(((2 * ((857400175 + 2654435761) / 4294967296.0)) - 1) * Math.Sqrt(3)), weight[0, 1].item<float>());
    }

    [Fact]
    public void Create_EachKind_LiesInItsRange()
    {
        using var scope = NewDisposeScope();
        AssertRange("head.conv.weight", [8, 6], -1, 1);
        AssertRange("head.conv.bias", [500], -0.1, 0.1);
        AssertRange("head.norm.weight", [500], 0.8, 1.2);
        AssertRange("head.norm.running_mean", [500], -0.1, 0.1);
        AssertRange("head.norm.running_var", [500], 0.6, 1.4);
        Assert.Equal(0.25f, FormulaWeights.Create("act.weight", 1).item<float>());
        Assert.Equal(0, FormulaWeights.Create("head.norm.num_batches_tracked").item<float>());
        Assert.Throws<ArgumentException>("name", () => FormulaWeights.Create("head.something", 1));

        static void AssertRange(string name, long[] shape, double least, double most)
        {
            Tensor values = FormulaWeights.Create(name, shape);
            Assert.InRange(values.min().item<float>(), least, least + (0.1 * (most - least)));
            Assert.InRange(values.max().item<float>(), most - (0.1 * (most - least)), most);
        }
    }

    [Fact]
    public void Fill_Network_GivesEachTensorItsOwnAndKeepsWhatItIsTold()
    {
        using var scope = NewDisposeScope();
        using var network = new MdfDiscriminator(4);
        using Tensor kept = network.state_dict()["tail.bias"].clone();

        FormulaWeights.Fill(network, name => name == "tail.bias");

        Dictionary<string, Tensor> state = network.state_dict();
        TensorAssert.Equal(FormulaWeights.Create("body.block2.conv.weight", 4, 4, 3, 3), state["body.block2.conv.weight"].detach());
        TensorAssert.Equal(FormulaWeights.Create("body.block2.norm.running_var", 4), state["body.block2.norm.running_var"]);
        Assert.Equal(0, state["head.norm.num_batches_tracked"].item<long>());
        TensorAssert.Equal(kept, state["tail.bias"]);
    }

    [Fact]
    public void Create_CheckValues_AreTheReferences()
    {
        using var scope = NewDisposeScope();
        using StateDictionary stored = ReferenceData.Open("models.safetensors");

        Tensor first = FormulaWeights.Create("features.0.weight", 64, 3, 3, 3);

        TensorAssert.RelativelyNear(stored["formula_check.first8"], first.flatten()[..8], 1.2e-7);
        TensorAssert.Near(stored["formula_check.sum"], first.to(ScalarType.Float64).sum().reshape(1), 1e-6);
        foreach (string name in new[] { "head.norm.weight", "head.norm.running_var", "head.conv.bias" })
        {
            TensorAssert.RelativelyNear(stored[$"formula_check.{name}"], FormulaWeights.Create(name, 64), 1.2e-7);
        }
    }
}
