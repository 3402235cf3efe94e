using Mdf.Checkpoints;
using Mdf.Models.Restoration;
using Mdf.Testing;

namespace Mdf.Models.Tests.Restoration;

public sealed class ModelZooTests
{
    [Fact]
    public void Load_FileThatDoesNotNameItsNetwork_TakesTheName()
    {
        using var folder = new TemporaryFolder();
        using RestorationNetwork expected = ModelZoo.Create("dncnn-17-gray", seed: 3);
        SafetensorsFile.Write(folder.PathOf("public.safetensors"), expected.state_dict());
        Assert.Throws<CheckpointFormatException>(() => ModelZoo.Load(folder.PathOf("public.safetensors")));

        using RestorationNetwork loaded = ModelZoo.Load(folder.PathOf("public.safetensors"), "dncnn-17-gray");
        Assert.False(loaded.training);
        TensorAssert.Equal(expected.parameters().First(), loaded.parameters().First());
        Assert.Throws<CheckpointFormatException>(() => ModelZoo.Load(folder.PathOf("public.safetensors"), "dncnn-17-color"));
    }

    [Theory]
    [InlineData("edsr-baseline-x2", 1_369_883)]
    [InlineData("edsr-baseline-x3", 1_554_523)]
    [InlineData("edsr-baseline-x4", 1_517_595)]
    [InlineData("edsr-x2", 40_729_627)]
    [InlineData("edsr-x3", 43_680_027)]
    [InlineData("edsr-x4", 43_089_947)]
    [InlineData("srresnet-x4", 1_549_462)]
    [InlineData("msrresnet-x2", 1_369_859)]
    [InlineData("msrresnet-x3", 1_554_499)]
    [InlineData("msrresnet-x4", 1_517_571)]
    [InlineData("dncnn-17-gray", 556_032)]
    [InlineData("dncnn-17-gray-merged", 555_137)]
    [InlineData("dncnn-17-color", 558_336)]
    [InlineData("dncnn-17-color-merged", 557_443)]
    [InlineData("dncnn-20-gray", 667_008)]
    [InlineData("dncnn-20-gray-merged", 665_921)]
    [InlineData("dncnn-20-color", 669_312)]
    [InlineData("dncnn-20-color-merged", 668_227)]
    [InlineData("dncnn-small-color", 94_528)]
    [InlineData("edsr-small-x4", 96_027)]
    public void Create_Name_HasTheParameterCount(string name, long count)
    {
        Assert.Equal(count, ModelZoo.Options(name).ParameterCount);
        using RestorationNetwork network = ModelZoo.Create(name);
        Assert.Equal(count, network.parameters().Sum(p => p.numel()));
        Assert.Equal(ModelZoo.Options(name), network.Options);
    }

    [Fact]
    public void Names_All_AreThoseAbove()
    {
        var tested = typeof(ModelZooTests).GetMethod(nameof(Create_Name_HasTheParameterCount))!
            .GetCustomAttributes(typeof(InlineDataAttribute), inherit: false)
            .Select(attribute => (string)((InlineDataAttribute)attribute).Data[0]!);
        Assert.Equal(tested.Order(), ModelZoo.Names.Order());
    }

    [Fact]
    public void Create_UnknownName_ListsTheKnownOnes()
    {
        var error = Assert.Throws<ArgumentException>("name", () => ModelZoo.Create("edsr"));
        Assert.Contains("'edsr'", error.Message, StringComparison.Ordinal);
        Assert.Contains("edsr-baseline-x4", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentNullException>("name", () => ModelZoo.Options(null!));
    }
}
