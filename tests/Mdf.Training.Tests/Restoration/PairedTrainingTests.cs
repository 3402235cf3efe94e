using Mdf.Data;
using Mdf.Degradations;
using Mdf.Imaging;
using Mdf.Losses;
using Mdf.Models.Restoration;
using Mdf.Testing;
using Mdf.Training.Restoration;
using TorchSharp;
using static TorchSharp.torch;

namespace Mdf.Training.Tests.Restoration;

/// <summary>Tests trainings and validations on pairs of images.</summary>
public sealed class PairedTrainingTests : IDisposable
{
    private static readonly RestorationTrainingOptions Small = new()
    {
        Steps = 8,
        BatchSize = 3,
        PatchSize = 16,
        LearningRate = 1e-3,
        ValidationInterval = 4,
    };

    private readonly DisposeScope scope = NewDisposeScope();
    private readonly TemporaryFolder folder = new();
    private readonly L1Loss loss = new();
    private readonly ImageList images =
        new([SyntheticImage.DeadLeaves(40, 32, seed: 1), SyntheticImage.DeadLeaves(27, 36, seed: 2)], "leaves");

    public void Dispose()
    {
        scope.Dispose();
        loss.Dispose();
        folder.Dispose();
    }

    [Fact]
    public void Train_PairsMadeByTheDegradation_GiveTheWeightsOfDegradingOnTheFly()
    {
        var degradation = new BicubicDownsampling(2);
        using Edsr onTheFly = TestNetworks.Enlarger(), paired = TestNetworks.Enlarger();
        RestorationTrainingResult first = Train(new RestorationTrainingInput
        {
            Network = onTheFly,
            Loss = loss,
            Images = images,
            Degradation = degradation,
            Validation = images,
        });
        var pairs = new DegradedPairs(images, degradation, scale: 2);
        RestorationTrainingResult second = Train(new RestorationTrainingInput
        {
            Network = paired,
            Loss = loss,
            Pairs = pairs,
            ValidationPairs = pairs,
        });
        foreach ((string name, Tensor weight) in onTheFly.state_dict())
        {
            TensorAssert.Near(weight, paired.state_dict()[name], 1e-5);
        }

        Assert.Equal(first.Validation!.Psnr, second.Validation!.Psnr, 1e-3);
        Assert.Equal(first.Validation.DegradedSsim, second.Validation.DegradedSsim, 1e-5);
    }

    [Fact]
    public void Train_PairsOfFolders_AreResumedAndOnlyWithTheSamePairs()
    {
        Write("low", 0.5);
        Write("high", 1);
        RestorationTrainingInput input = new()
        {
            Network = TestNetworks.Enlarger(),
            Loss = loss,
            Pairs = Folders(),
            OutputFolder = folder.PathOf("out"),
        };
        using RestorationNetwork network = input.Network;
        Assert.True(Train(input).IsComplete);
        Assert.Equal("pairs of images", StateOf("degradation"));
        Assert.Contains("2 pairs", StateOf("data"), StringComparison.Ordinal);

        Write("high", 1, "more.png");
        Write("low", 0.5, "more.png");
        Assert.Contains(
            "its data is",
            Assert.Throws<TrainingStateException>(() => Train(input with { Pairs = Folders() })).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Train_WrongCombinations_AreNamed()
    {
        using Edsr network = TestNetworks.Enlarger();
        var pairs = new DegradedPairs(images, new BicubicDownsampling(2), scale: 2);
        var input = new RestorationTrainingInput { Network = network, Loss = loss };
        Refuse(input, "Images is null; expected images, or Pairs instead.");
        Refuse(input with { Images = images, Pairs = pairs }, "Images is images besides Pairs; expected images, or Pairs instead.");
        Refuse(input with { Images = images }, "Degradation is null; expected a degradation for Images.");
        Refuse(input with { Pairs = pairs, Validation = images }, "Degradation is null; expected a degradation for Validation.");
        Refuse(
            input with { Pairs = pairs, Validation = images, ValidationPairs = pairs, Degradation = new BicubicDownsampling(2) },
            "Validation is images besides ValidationPairs; expected one of the two.");
    }

    private static RestorationTrainingResult Train(RestorationTrainingInput input) =>
        new RestorationTrainer(Small).Train(input, cancellation: TestContext.Current.CancellationToken);

    private static void Refuse(RestorationTrainingInput input, string message) =>
        Assert.StartsWith(message, Assert.ThrowsAny<ArgumentException>(() => Train(input)).Message, StringComparison.Ordinal);

    private string StateOf(string key)
    {
        using Checkpoints.StateDictionary state = Checkpoints.StateDictionaryReader.Read(Path.Combine(folder.PathOf("out"), "last.ckpt"));
        return state.Metadata[key];
    }

    private PairedFolders Folders() => new(folder.PathOf("low"), folder.PathOf("high"));

    private void Write(string name, double factor, params string[] more)
    {
        Directory.CreateDirectory(folder.PathOf(name));
        foreach ((string file, int i) in ((string[])["a.png", "b.png", .. more]).Select((f, i) => (f, i)))
        {
            using Tensor image = SyntheticImage.DeadLeaves(40, 32, seed: i + 1), resized = Resize.Bicubic(image, factor);
            ImageFile.Write(Path.Combine(folder.PathOf(name), file), resized);
        }
    }
}
