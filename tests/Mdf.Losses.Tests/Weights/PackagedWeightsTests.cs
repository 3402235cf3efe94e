using Mdf.Losses.Weights;
using Mdf.Models.Adversarial;
using Mdf.Testing;
using static TorchSharp.torch;

namespace Mdf.Losses.Tests.Weights;

public sealed class PackagedWeightsTests
{
    public static TheoryData<RestorationTask, string> Tasks => new()
    {
        { RestorationTask.JpegRemoval, "jpeg" },
        { RestorationTask.Denoising, "denoise" },
        { RestorationTask.SuperResolution, "sisr" },
    };

    [Theory]
    [MemberData(nameof(Tasks))]
    public void Load_EachTask_IsTrainedAndOfThePublishedForm(RestorationTask task, string name)
    {
        using DiscriminatorPyramid weights = PackagedWeights.LoadPackaged(PackagedWeights.NameOf(task));
        Assert.Equal(name, weights.Metadata["task"]);
        Assert.Equal([32, 32, 32, 32, 64, 64, 64, 64], weights.Scales.Select(s => s.Width));
        Assert.Contains(".jpg", weights.Metadata["seed image"], StringComparison.Ordinal);

        // Twelve passes an iteration, counted on within a width, of at least 1,000 iterations a scale.
        Assert.All(
            weights.Scales.Select((s, k) => (Passes: s.state_dict()["head.norm.num_batches_tracked"].item<long>(), Scales: (k % 4) + 1)),
            s => Assert.True(s.Passes >= 12_000 * s.Scales));
        Assert.All(weights.state_dict().Values.Where(t => t.is_floating_point()), t => Assert.True(t.isfinite().all().item<bool>()));
    }

    [Theory]
    [MemberData(nameof(Tasks))]
    public void Pretrained_EachTask_IsTheLossOfItsName(RestorationTask task, string name)
    {
        using var scope = NewDisposeScope();
        using MdfLoss byTask = MdfLoss.Pretrained(task);
        using var byName = new MdfLoss($"{name}.ckpt");
        Tensor x = rand(1, 3, 24, 24), y = rand(1, 3, 24, 24);
        TensorAssert.Equal(byTask.call(x, y), byName.call(x, y));
        Assert.Equal(8, byTask.ScaleCount);
        Assert.True(byTask.call(x, y).item<float>() > 0);
    }

    [Fact]
    public void Constructor_FileOfAPackagedName_IsPreferred()
    {
        using var folder = new TemporaryFolder();
        using (var pyramid = DiscriminatorPyramid.CreateUntrained(seed: 1, scaleCount: 2))
        {
            pyramid.Save(folder.PathOf("jpeg.ckpt"));
        }

        // By the very name of the packaged weights; tests of an assembly run one after another.
        string before = Environment.CurrentDirectory;
        try
        {
            Environment.CurrentDirectory = folder.FullName;
            var logger = new ListLogger();
            using var loss = new MdfLoss("jpeg.ckpt", logger: logger);
            Assert.Equal(2, loss.ScaleCount);
            Assert.Contains(logger.Messages, m => m.Contains($"'{folder.PathOf("jpeg.ckpt")}' is used instead", StringComparison.Ordinal));
        }
        finally
        {
            Environment.CurrentDirectory = before;
        }
    }

    [Theory]
    [InlineData("deblur.ckpt")]
    [InlineData("weights/jpeg.ckpt")]
    public void Constructor_NeitherFileNorPackaged_NamesThePackagedOnes(string path)
    {
        var exception = Assert.Throws<FileNotFoundException>(() => new MdfLoss(path));
        Assert.Contains($"'{path}'", exception.Message, StringComparison.Ordinal);
        Assert.Contains("one of jpeg.ckpt, denoise.ckpt, sisr.ckpt", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Pretrained_NoTask_IsRejected() => Assert.Throws<ArgumentOutOfRangeException>(() => MdfLoss.Pretrained((RestorationTask)9));
}
