using Mdf.Models.Restoration;
using Mdf.Testing;
using static TorchSharp.torch;

namespace Mdf.Models.Tests.Restoration;

public sealed class SelfEnsembleTests
{
    [Fact]
    public void Restore_Network_IsTheMeanOverTheEightOrientations()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using RestorationNetwork network = SmallNetworks.Create(new EdsrOptions { Scale = 2, Blocks = 1, Width = 6 });
        Tensor images = SmallNetworks.Images(network, 7, 10);

        // Rotations by 90 degrees of the image and of its mirror image.
        Tensor sum = zeros(2, 3, 14, 20);
        for (int turns = 0; turns < 4; turns++)
        {
            sum += network.call(images.rot90(turns, (2, 3))).rot90(-turns, (2, 3));
            sum += network.call(images.flip(3).rot90(turns, (2, 3))).rot90(-turns, (2, 3)).flip(3);
        }

        TensorAssert.Near(sum / 8, SelfEnsemble.Restore(network.call, images), 1e-6);
    }

    [Fact]
    public void Restore_TurnedImage_IsTheTurnedResult()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using RestorationNetwork network = SmallNetworks.Create(new DnCnnOptions { Layers = 3, Width = 6 });
        Tensor images = SmallNetworks.Images(network, 7, 10), result = SelfEnsemble.Restore(network.call, images);
        TensorAssert.Near(result.transpose(2, 3), SelfEnsemble.Restore(network.call, images.transpose(2, 3)), 1e-6);
        TensorAssert.Near(result.flip(2), SelfEnsemble.Restore(network.call, images.flip(2)), 1e-6);
        Assert.InRange(TensorAssert.LargestDifference(result, network.call(images)), 1e-4, 10);
    }

    [Fact]
    public void Restore_TheImageItself_LeavesItAlone()
    {
        using Tensor images = rand(1, 3, 4, 6);
        LiveTensors.AssertNoneLeft(() =>
        {
            using Tensor result = SelfEnsemble.Restore(x => x, images);
            TensorAssert.Near(images, result, 1e-6);
        });
        Assert.False(images.IsInvalid);
    }

    [Fact]
    public void Restore_Null_NamesTheArgument()
    {
        using Tensor images = rand(1, 3, 4, 6);
        Assert.Throws<ArgumentNullException>("restore", () => SelfEnsemble.Restore(null!, images));
        Assert.Throws<ArgumentNullException>("images", () => SelfEnsemble.Restore(x => x, null!));
    }
}
