using Mdf.Testing;
using Mdf.TorchCompatibility;
using TorchSharp;
using static TorchSharp.torch;

namespace Mdf.Core.Tests.TorchCompatibility;

public sealed class TensorLayoutTests : IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();

    public void Dispose() => scope.Dispose();

    [Fact]
    public void ForTraining_WhileGradientsAreRecorded_IsChannelsLast()
    {
        Tensor images = rand(2, 3, 4, 5);
        Tensor laidOut = images.ForTraining();
        TensorAssert.Equal(images, laidOut);
        Assert.Equal([60, 1, 15, 3], laidOut.stride());
    }

    [Fact]
    public void ForTraining_WithoutGradients_IsTheTensorItself()
    {
        using var noGradient = no_grad();
        Tensor images = rand(2, 3, 4, 5);
        Assert.Same(images, images.ForTraining());
    }

    [Fact]
    public void ForTraining_OneImageWithoutABatch_NamesShapeAndExpected() => Assert.Contains(
        "(3, 4, 5); expected (N, C, H, W)",
        Assert.Throws<ArgumentException>("images", () => rand(3, 4, 5).ForTraining()).Message,
        StringComparison.Ordinal);

    [Fact]
    public void ForTraining_Disposed_LeavesNoTensor()
    {
        using Tensor images = rand(2, 3, 4, 5);
        LiveTensors.AssertNoneLeft(() => images.ForTraining().Dispose());
    }
}
