using Mdf.Checkpoints;
using Mdf.Models.Adversarial;
using Mdf.Testing;
using Mdf.TorchCompatibility;
using static TorchSharp.torch;

namespace Mdf.Models.Tests.Adversarial;

public sealed class SrganDiscriminatorTests
{
    [Fact]
    public void Constructor_Default_HasThePublishedParameters()
    {
        using var discriminator = new SrganDiscriminator();
        Assert.Equal(23_565_505, discriminator.parameters().Sum(p => p.numel()));
        Assert.Equal([1024, 18432], discriminator.state_dict()["classifier.0.weight"].shape);
        Assert.Equal(96, discriminator.ImageSide);
    }

    [Fact]
    public void Features_AnySize_AreTheMeanOverAllPlaces()
    {
        using var scope = NewDisposeScope();
        using var discriminator = new SrganDiscriminator(16);
        discriminator.eval();
        Assert.Equal([2, SrganDiscriminator.FeatureCount], discriminator.Features(rand(2, 3, 37, 50)).shape);

        // Images of 16 x 16 pixels give a single position, whose features are the input of the classifier.
        Tensor images = rand(2, 3, 16, 16), features = discriminator.Features(images);
        Dictionary<string, Tensor> weights = discriminator.state_dict();
        Tensor hidden = nn.functional.leaky_relu(
            nn.functional.linear(features, weights["classifier.0.weight"], weights["classifier.0.bias"]), 0.2);
        Tensor score = nn.functional.linear(hidden, weights["classifier.2.weight"], weights["classifier.2.bias"]);
        TensorAssert.Near(score, discriminator.call(images), 1e-6);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Backward_MemoryFullOfNaN_IsFinite(bool ofFeatures)
    {
        using var discriminator = new SrganDiscriminator(32);
        for (int i = 0; i < 5; i++)
        {
            using var scope = NewDisposeScope();
            discriminator.zero_grad();
            Tensor images = rand(4, 3, 32, 32).requires_grad_(true);
            FreedMemory.FillWithNaN();
            Tensor result = ofFeatures ? discriminator.Features(images) : discriminator.call(images);
            FreedMemory.FillWithNaN();
            result.sum().backward();
            Assert.True(images.grad!.isfinite().all().item<bool>());
            Assert.All(discriminator.parameters(), p => Assert.True(p.grad is null || p.grad.isfinite().all().item<bool>()));
        }
    }

    [Fact]
    public void Forward_Learning_SeesImagesWithChannelsInnermost()
    {
        using var scope = NewDisposeScope();
        using var discriminator = new SrganDiscriminator(16);
        var convolution = (TorchSharp.Modules.Conv2d)discriminator.named_modules().Single(m => m.name == "features.0.conv").module;
        var strides = new List<long>();
        convolution.register_forward_pre_hook((_, input) =>
        {
            strides.Add(input.stride(1));
            return input;
        });
        Tensor images = rand(2, 3, 16, 16);
        discriminator.call(images);
        discriminator.Features(images);
        Assert.Equal([1, 1], strides);
    }

    [Fact]
    public void Constructor_Seed_DecidesAllWeights()
    {
        using SrganDiscriminator one = new(16, seed: 5), same = new(16, seed: 5), other = new(16, seed: 6);
        Assert.All(one.state_dict(), t => TensorAssert.Equal(t.Value, same.state_dict()[t.Key]));
        Assert.NotEqual(
            0,
            TensorAssert.LargestDifference(one.state_dict()["classifier.2.weight"], other.state_dict()["classifier.2.weight"]));
    }

    [Fact]
    public void SaveThenLoadWeights_Discriminator_IsTheSame()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        using SrganDiscriminator saved = new(16, seed: 1), loaded = new(16, seed: 2), other = new(32);
        saved.call(rand(4, 3, 16, 16));
        saved.Save(folder.PathOf("d.ckpt"), new Dictionary<string, string> { ["data"] = "BSD" });

        loaded.LoadWeights(folder.PathOf("d.ckpt"));

        Assert.All(saved.state_dict(), t => TensorAssert.Equal(t.Value, loaded.state_dict()[t.Key]));
        using StateDictionary file = SafetensorsFile.Read(folder.PathOf("d.ckpt"));
        Assert.Equal("BSD", file.Metadata["data"]);
        var error = Assert.Throws<CheckpointFormatException>(() => other.LoadWeights(folder.PathOf("d.ckpt")));
        Assert.Contains(
            "'classifier.0.weight' of shape (1024, 512) where (1024, 2048) is expected", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ForwardFeaturesSaveAndLoad_Disposed_LeaveNoTensor()
    {
        using var folder = new TemporaryFolder();
        using var discriminator = new SrganDiscriminator(16);
        using Tensor images = rand(2, 3, 16, 16);
        LiveTensors.AssertNoneLeft(() =>
        {
            discriminator.call(images).Dispose();
            discriminator.Features(images).Dispose();
            discriminator.Save(folder.PathOf("d.ckpt"));
            discriminator.LoadWeights(folder.PathOf("d.ckpt"));
        });
    }

    [Fact]
    public void IllegalArguments_AreNamed()
    {
        using var scope = NewDisposeScope();
        using var discriminator = new SrganDiscriminator(16);
        Assert.All([0, 15, 24, 2048], side => Assert.Throws<ArgumentOutOfRangeException>("imageSide", () => new SrganDiscriminator(side)));
        Assert.Contains(
            "(1, 3, 16, 17); expected (N, 3, 16, 16)",
            Assert.Throws<ArgumentException>("input", () => discriminator.call(rand(1, 3, 16, 17))).Message,
            StringComparison.Ordinal);
        Assert.Throws<ArgumentException>("input", () => discriminator.Features(rand(1, 1, 16, 16)));
    }
}
