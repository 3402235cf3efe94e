using Mdf.Testing;
using Reproduce.Statistics;
using static TorchSharp.torch;

namespace Mdf.Reproduce.Tests.Statistics;

public sealed class TSneTests
{
    [Theory]
    [InlineData(2)]
    [InlineData(8)]
    [InlineData(25.5)]
    public void ConditionalProbabilities_OfAnyPoint_HaveThePerplexity(double perplexity)
    {
        using var scope = NewDisposeScope();
        Tensor probabilities = TSne.ConditionalProbabilities(Clusters(60) * 100, perplexity);

        TensorAssert.Near(ones(60, ScalarType.Float64), probabilities.sum(1), 1e-12);
        Assert.Equal(0, probabilities.diag().abs().max().item<double>());
        Tensor entropy = -(probabilities * probabilities.clamp_min(1e-300).log()).sum(1);
        TensorAssert.Near(full(60, perplexity, ScalarType.Float64), entropy.exp(), 1e-6 * perplexity);
    }

    [Fact]
    public void Gradient_OfTheDivergence_IsItsNumericalDerivative()
    {
        using var scope = NewDisposeScope();
        Tensor probabilities = TSne.JointProbabilities(Clusters(12), 4);
        using var generator = new Generator(3, CPU);
        Tensor embedding = randn([12, 3], ScalarType.Float64, CPU, generator: generator);
        Tensor gradient = TSne.Gradient(probabilities, embedding).Gradient;

        const double Step = 1e-5;
        for (int i = 0; i < 12; i++)
        {
            for (int d = 0; d < 3; d++)
            {
                Assert.Equal((Divergence(i, d, Step) - Divergence(i, d, -Step)) / (2 * Step), gradient[i, d].item<double>(), 1e-9);
            }
        }

        double Divergence(int point, int dimension, double step)
        {
            Tensor moved = embedding.clone();
            moved[point, dimension] = moved[point, dimension] + step;
            return TSne.Gradient(probabilities, moved).Divergence.item<double>();
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void Embed_ThreeClusters_StayApart(int dimensions)
    {
        using var scope = NewDisposeScope();
        Tensor embedding = Embed(Clusters(90), new TSneOptions { Dimensions = dimensions, Perplexity = 10, Iterations = 400 });

        Assert.Equal([90, dimensions], embedding.shape);
        Assert.Equal(0, embedding.mean([0]).abs().max().item<double>(), 9);
        Tensor nearest = (cdist(embedding, embedding) + (eye(90, dtype: ScalarType.Float64) * 1e9)).argmin(1);
        Assert.True((nearest.remainder(3) == arange(90).remainder(3)).all().item<bool>());
    }

    [Fact]
    public void Embed_SameSeed_GivesTheSame()
    {
        using var scope = NewDisposeScope();
        var options = new TSneOptions { Iterations = 60 };
        Tensor points = Clusters(30);

        TensorAssert.Equal(Embed(points, options), Embed(points, options));
        Assert.NotEqual(0, TensorAssert.LargestDifference(Embed(points, options), Embed(points, options with { Seed = 2 })));
    }

    [Fact]
    public void Embed_ThreeHundredPoints_ComesToAnEndThatIsAlwaysTheSame()
    {
        using var scope = NewDisposeScope();
        Tensor points = Clusters(300);
        var options = new TSneOptions { Iterations = 150 };

        Tensor embedding = Embed(points, options);

        Assert.Equal([300, 2], embedding.shape);
        Assert.True(embedding.isfinite().all().item<bool>());
        TensorAssert.Equal(embedding, Embed(points, options));
    }

    [Fact]
    public void Embed_EqualPoints_StaysFinite()
    {
        using var scope = NewDisposeScope();
        Assert.True(Embed(zeros(6, 2), new TSneOptions { Iterations = 100 }).isfinite().all().item<bool>());
    }

    [Fact]
    public void Embed_AnyPoints_LeavesNoTensorBehind()
    {
        using Tensor points = Clusters(12);
        LiveTensors.AssertNoneLeft(() => Embed(points, new TSneOptions { Iterations = 3 }).Dispose());
    }

    [Fact]
    public void Embed_BadArguments_AreNamed()
    {
        using var scope = NewDisposeScope();
        Assert.Throws<ArgumentException>("points", () => Embed(zeros(3, 2)));
        Assert.Throws<ArgumentException>("points", () => Embed(zeros([4, 2], ScalarType.Int64)));
        Assert.Throws<ArgumentException>("points", () => Embed(full([4, 2], double.NaN)));
        Assert.Throws<ArgumentOutOfRangeException>("Perplexity", () => Embed(zeros(4, 2), new TSneOptions { Perplexity = 4 }));
        Assert.Throws<ArgumentOutOfRangeException>("Dimensions", () => Embed(zeros(4, 2), new TSneOptions { Dimensions = 4 }));
    }

    private static Tensor Embed(Tensor points, TSneOptions? options = null) =>
        TSne.Embed(points, options, TestContext.Current.CancellationToken);

    // Point i belongs to cluster i mod 3.
    private static Tensor Clusters(int count)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(1, CPU);
        Tensor centres = randn([3, 10], ScalarType.Float64, CPU, generator: generator) * 8;
        Tensor noise = randn([count, 10], ScalarType.Float64, CPU, generator: generator);
        return (centres.repeat((count + 2) / 3, 1).narrow(0, 0, count) + noise).MoveToOuterDisposeScope();
    }
}
