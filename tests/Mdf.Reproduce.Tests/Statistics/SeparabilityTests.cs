using Mdf.Testing;
using Reproduce.Statistics;
using static TorchSharp.torch;

namespace Mdf.Reproduce.Tests.Statistics;

public sealed class SeparabilityTests
{
    [Fact]
    public void Accuracy_KindsFarApart_IsOne()
    {
        using var scope = NewDisposeScope();
        (Tensor first, Tensor second) = Kinds(shift: 8);

        Assert.Equal(1, Separability.NearestNeighbors(first, second));
        Assert.Equal(1, Separability.Logistic(first, second));
    }

    [Fact]
    public void Accuracy_KindsAlike_IsChance()
    {
        using var scope = NewDisposeScope();
        (Tensor first, Tensor second) = Kinds(shift: 0);

        Assert.InRange(Separability.NearestNeighbors(first, second), 0.35, 0.65);
        Assert.InRange(Separability.Logistic(first, second), 0.35, 0.65);
    }

    [Fact]
    public void Accuracy_EqualPairs_IsHalf()
    {
        using var scope = NewDisposeScope();
        (Tensor first, _) = Kinds(shift: 0);

        Assert.Equal(0.5, Separability.Logistic(first, first), 12);
    }

    [Fact]
    public void Logistic_AShiftSmallerThanWhatTellsImagesApart_IsFound()
    {
        // Neighbours are those of like content; a plane sees the one feature that differs.
        using var scope = NewDisposeScope();
        using var generator = new Generator(5, CPU);
        Tensor content = randn([60, 20], generator: generator);
        Tensor second = content.clone();
        second.select(1, 0).add_(6);

        Assert.InRange(Separability.Logistic(content, second), 0.95, 1);
    }

    [Fact]
    public void Accuracy_OfMoreFeaturesThanThings_IsThatOfThingsNotSeen()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(7, CPU);
        Tensor first = randn([40, 500], generator: generator), second = randn([40, 500], generator: generator);

        Assert.InRange(Separability.Logistic(first, second), 0.3, 0.7);
    }

    [Fact]
    public void Accuracy_SameSeed_IsTheSame()
    {
        using var scope = NewDisposeScope();
        (Tensor first, Tensor second) = Kinds(shift: 1);

        Assert.Equal(Separability.NearestNeighbors(first, second, seed: 3), Separability.NearestNeighbors(first, second, seed: 3));
        Assert.Equal(Separability.Logistic(first, second, seed: 3), Separability.Logistic(first, second, seed: 3));
    }

    [Fact]
    public void Accuracy_AnyFeatures_LeavesNoTensorBehind()
    {
        using var scope = NewDisposeScope();
        (Tensor first, Tensor second) = Kinds(shift: 1);
        LiveTensors.AssertNoneLeft(() => _ = Separability.NearestNeighbors(first, second) + Separability.Logistic(first, second));
    }

    [Fact]
    public void Accuracy_BadArguments_AreNamed()
    {
        using var scope = NewDisposeScope();
        Assert.Throws<ArgumentException>("first", () => Separability.Logistic(zeros(4, 2), zeros(4, 2)));
        Assert.Throws<ArgumentException>("second", () => Separability.Logistic(zeros(6, 2), zeros(6, 3)));
        Assert.Throws<ArgumentOutOfRangeException>(
            "neighbors", () => Separability.NearestNeighbors(zeros(6, 2), zeros(6, 2), neighbors: 2));
        Assert.Throws<ArgumentOutOfRangeException>("folds", () => Separability.NearestNeighbors(zeros(6, 2), zeros(6, 2), folds: 1));
    }

    private static (Tensor First, Tensor Second) Kinds(double shift)
    {
        using var generator = new Generator(2, CPU);
        Tensor first = randn([50, 4], generator: generator), second = randn([50, 4], generator: generator);
        return (first, second + shift);
    }
}
