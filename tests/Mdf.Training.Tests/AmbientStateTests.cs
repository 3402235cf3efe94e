using Mdf.Data;
using Mdf.Degradations;
using Mdf.Imaging;
using Mdf.Losses;
using Mdf.Models.Adversarial;
using Mdf.Models.Restoration;
using Mdf.Testing;
using Mdf.Training.Discriminators;
using Mdf.Training.Restoration;
using Mdf.Training.Tests.Discriminators;
using Mdf.Training.Tests.Restoration;
using TorchSharp;
using static TorchSharp.torch;

namespace Mdf.Training.Tests;

/// <summary>Tests that trainings do not depend on the state of libtorch or of the process.</summary>
public sealed class AmbientStateTests : IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();

    public static TheoryData<string> States => [.. AmbientState.Names];

    public void Dispose() => scope.Dispose();

    [Theory]
    [MemberData(nameof(States))]
    public void RestorationTrainer_AnyState_GivesTheSameNetwork(string state)
    {
        Dictionary<string, Tensor> expected = Restore();
        Dictionary<string, Tensor> actual;
        using (AmbientState.Enter(state))
        {
            actual = Restore();
        }

        AssertEqual(expected, actual);
    }

    [Theory]
    [MemberData(nameof(States))]
    public void DiscriminatorTrainer_AnyState_GivesTheSameNetworks(string state)
    {
        Dictionary<string, Tensor> expected = Discriminate();
        Dictionary<string, Tensor> actual;
        using (AmbientState.Enter(state))
        {
            actual = Discriminate();
        }

        AssertEqual(expected, actual);
    }

    private static void AssertEqual(Dictionary<string, Tensor> expected, Dictionary<string, Tensor> actual)
    {
        Assert.Equal(expected.Keys, actual.Keys);
        Assert.All(expected, e => TensorAssert.Equal(e.Value, actual[e.Key]));
    }

    private static Dictionary<string, Tensor> Restore()
    {
        using Tensor picture = SyntheticImage.DeadLeaves(40, 40, 1);
        using DnCnn network = TestNetworks.Denoiser();
        using var loss = new L1Loss();
        var options = new RestorationTrainingOptions { Steps = 4, BatchSize = 2, PatchSize = 16, EmaDecay = 0.9, GradientClipNorm = 0.5 };
        var images = new ImageList([picture], "leaves");
        RestorationTrainingResult result = new RestorationTrainer(options).Train(
            network, loss, images, new GaussianNoise(25), images, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(4, result.Step);
        return network.state_dict().ToDictionary(s => s.Key, s => s.Value.clone());
    }

    private static Dictionary<string, Tensor> Discriminate()
    {
        using Tensor picture = SyntheticImage.DeadLeaves(30, 24, 1);
        using DiscriminatorTrainingResult result = new DiscriminatorTrainer(SmallTraining.Options).Train(
            [new SeedImage("leaves", picture)],
            TrainingDistortion.ForTask(RestorationTask.JpegRemoval),
            cancellation: TestContext.Current.CancellationToken);
        DiscriminatorPyramid pyramid = result.Discriminators!;
        return pyramid.state_dict().ToDictionary(s => s.Key, s => s.Value.clone());
    }
}
