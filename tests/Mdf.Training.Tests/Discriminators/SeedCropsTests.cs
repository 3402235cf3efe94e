using Mdf.Data;
using Mdf.Imaging;
using Mdf.Testing;
using Mdf.Training.Discriminators;
using TorchSharp;
using static TorchSharp.torch;

namespace Mdf.Training.Tests.Discriminators;

public sealed class SeedCropsTests : IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();

    public void Dispose() => scope.Dispose();

    [Fact]
    public void Draw_Photographs_AreCroppedAtTheirOwnResolution()
    {
        Tensor large = SyntheticImage.DeadLeaves(150, 120, seed: 1);
        var photographs = new ImageList([SyntheticImage.DeadLeaves(30, 90, seed: 2), large], "photographs");
        IReadOnlyList<SeedImage> crops = SeedCrops.Draw(photographs, count: 5, side: 64, seed: 3);
        Assert.Equal(5, crops.Select(c => c.Name).Distinct().Count());
        foreach (SeedImage crop in crops)
        {
            // The small photograph is left out, and names tell the place.
            string[] place = crop.Name.Split(" at ")[1].Split(", ");
            Assert.StartsWith(photographs.NameOf(1), crop.Name, StringComparison.Ordinal);
            Tensor expected = large.narrow(3, int.Parse(place[0], null), 64).narrow(2, int.Parse(place[1], null), 64);
            TensorAssert.Near(expected, crop.Pixels, (0.5 / 255) + 1e-6);
        }

        IReadOnlyList<SeedImage> again = SeedCrops.Draw(photographs, 5, 64, seed: 3), other = SeedCrops.Draw(photographs, 5, 64, seed: 4);
        Assert.Equal(crops.Select(c => c.Name), again.Select(c => c.Name));
        Assert.NotEqual(crops.Select(c => c.Name), other.Select(c => c.Name));
        Free([.. crops, .. again, .. other]);
    }

    [Fact]
    public void Draw_FlatPart_IsLeftOut()
    {
        Tensor half = zeros(1, 3, 64, 300);
        half.narrow(3, 150, 150).copy_(rand(1, 3, 64, 150));
        IReadOnlyList<SeedImage> crops = SeedCrops.Draw(new ImageList([half], "half"), count: 8, side: 32);
        Assert.All(crops, c => Assert.True(c.Pixels.std().item<float>() >= 0.05));
        Free(crops);
    }

    [Fact]
    public void Draw_NoUsablePhotograph_SaysWhy()
    {
        var photographs = new ImageList([SyntheticImage.DeadLeaves(40, 200, seed: 2)], "photographs");
        var thrown = Assert.Throws<IOException>(() => SeedCrops.Draw(photographs, 1, side: 64));
        Assert.Contains("None of the 1 photographs can be used.", thrown.Message, StringComparison.Ordinal);
        Assert.Contains("40 x 200 pixels; at least 64", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Train_Crops_GivesDiscriminators()
    {
        var photographs = new ImageList([SyntheticImage.DeadLeaves(90, 80, seed: 1), SyntheticImage.DeadLeaves(80, 90, seed: 2)], "two");
        IReadOnlyList<SeedImage> crops = SeedCrops.Draw(photographs, count: 4, side: 40);
        var options = new DiscriminatorTrainingOptions
        {
            ScaleCount = 2,
            Iterations = 2,
            Width = 8,
            MaximumSide = 40,
            PriorSampleCount = 2,
        };
        using DiscriminatorTrainingResult result = new DiscriminatorTrainer(options).Train(
            crops,
            TrainingDistortion.ForTask(Losses.RestorationTask.Denoising),
            cancellation: TestContext.Current.CancellationToken);
        Assert.True(result.IsComplete);
        Assert.Equal("25x25, 25x25, 25x25, 25x25; 40x40, 40x40, 40x40, 40x40", result.Discriminators!.Metadata["scale sizes"]);
        Free(crops);
    }

    private static void Free(IEnumerable<SeedImage> crops)
    {
        foreach (SeedImage crop in crops)
        {
            crop.Pixels.Dispose();
        }
    }
}
