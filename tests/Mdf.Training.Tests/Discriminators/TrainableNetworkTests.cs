using Mdf.Models.Adversarial;
using Mdf.Testing;
using Mdf.TorchCompatibility;
using Mdf.Training.Discriminators.Networks;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Mdf.Training.Tests.Discriminators;

/// <summary>The passes by hand against automatic differentiation in float64, and in lower precision against themselves.</summary>
public sealed class TrainableNetworkTests : IDisposable
{
    private const double Weight = 0.7;

    private readonly DisposeScope scope = NewDisposeScope();
    private readonly Generator random = new(5, CPU);

    public void Dispose()
    {
        random.Dispose();
        scope.Dispose();
    }

    [Theory]
    [InlineData(8, 3, 1)]
    [InlineData(5, 1, 3)]
    [InlineData(6, 3, 3)]
    public void AddScore_Gradients_AreAutogradsOnes(int width, int channels, int images)
    {
        using MdfDiscriminator byHand = Discriminator(width, channels), byGraph = Discriminator(width, channels);
        Tensor input = Images(images, channels);
        using var passes = new TrainableDiscriminator(byHand);
        using (no_grad())
        {
            passes.Begin();
            Tensor score = passes.AddScore(input.WithChannelsLast(), Weight);
            passes.End();
            TensorAssert.Near(byGraph.call(input).mean(), score, 1e-13);
        }

        (byGraph.call(input).mean() * Weight).backward();
        AssertSameGradients(byGraph, byHand);
    }

    [Fact]
    public void Score_GradientOfImages_IsAutogradsOne()
    {
        using MdfDiscriminator byHand = Discriminator(6, 3), byGraph = Discriminator(6, 3);
        Tensor input = Images(2, 3).requires_grad_(true);
        using var passes = new TrainableDiscriminator(byHand);
        Tensor gradient;
        using (no_grad())
        {
            passes.Begin();
            gradient = passes.Score(input.detach().WithChannelsLast(), Weight).Gradient;
        }

        (byGraph.call(input).mean() * Weight).backward();
        Assert.True(TensorAssert.RelativeNormError(input.grad!, gradient) < 1e-11);
    }

    [Theory]
    [InlineData(8, 3, 1)]
    [InlineData(5, 1, 3)]
    [InlineData(6, 3, 3)]
    public void AddGradientPenalty_Gradients_AreAutogradsOnes(int width, int channels, int images)
    {
        using MdfDiscriminator byHand = Discriminator(width, channels), byGraph = Discriminator(width, channels);
        Tensor input = Images(images, channels);
        using var passes = new TrainableDiscriminator(byHand);
        Tensor penalty;
        using (no_grad())
        {
            passes.Begin();
            penalty = passes.AddGradientPenalty(input.WithChannelsLast(), Weight);
            passes.End();
        }

        Tensor expected = Penalty(byGraph, input);
        expected.backward();
        TensorAssert.Near(expected.detach(), penalty, 1e-12);
        AssertSameGradients(byGraph, byHand);
    }

    [Theory]
    [InlineData(8, 3)]
    [InlineData(5, 1)]
    public void GeneratorBackward_Gradients_AreAutogradsOnes(int width, int channels)
    {
        using MdfGenerator byHand = Generator(width, channels), byGraph = Generator(width, channels);
        Tensor input = Images(2, channels), skip = Images(2, channels);
        using var passes = new TrainableGenerator(byHand);
        Tensor image, outer;
        using (no_grad())
        {
            passes.Begin();
            (image, Action<Tensor> backward) = passes.Forward(input.WithChannelsLast(), skip.WithChannelsLast());
            outer = randn(image.shape, dtype: ScalarType.Float64, generator: random);
            backward(outer);
            passes.End();
        }

        Tensor expected = byGraph.call(input, skip);
        (expected * outer).sum().backward();
        TensorAssert.Near(expected.detach(), image, 1e-12);
        AssertSameGradients(byGraph, byHand);
        AssertSameBuffers(byGraph, byHand);
    }

    // Kernels in C# compute float32 at 32 and 64 channels, where the processor has AVX2.
    [Theory]
    [InlineData(ScalarType.Float32, 16, 1, 2e-5)]
    [InlineData(ScalarType.Float32, 32, 1, 2e-5)]
    [InlineData(ScalarType.Float32, 32, 3, 2e-5)]
    [InlineData(ScalarType.Float32, 64, 2, 2e-5)]
    [InlineData(ScalarType.BFloat16, 16, 1, 0.2)]
    [InlineData(ScalarType.BFloat16, 32, 1, 0.2)]
    public void Passes_LowerPrecision_GiveNearlyTheGradientsOfFloat64(ScalarType precision, int width, int images, double tolerance)
    {
        Tensor input = Images(images, 3), other = Images(images, 3), outer = Images(images, 3);
        using MdfDiscriminator exactJudge = Discriminator(width, 3), judge = Discriminator(width, 3);
        using MdfGenerator exactMaker = Generator(width, 3), maker = Generator(width, 3);
        judge.to(ScalarType.Float32);
        maker.to(ScalarType.Float32);
        using var exactJudging = new TrainableDiscriminator(exactJudge);
        using var judging = new TrainableDiscriminator(judge, precision);
        using var exactMaking = new TrainableGenerator(exactMaker);
        using var making = new TrainableGenerator(maker, precision);
        using (no_grad())
        {
            Run(exactJudging, exactMaking, ScalarType.Float64);
            Run(judging, making, ScalarType.Float32);
        }

        AssertNearGradients(exactJudge, judge, tolerance);
        AssertNearGradients(exactMaker, maker, tolerance);
        AssertNearBuffers(exactJudge, judge, tolerance);
        AssertNearBuffers(exactMaker, maker, tolerance);

        void Run(TrainableDiscriminator judgingPasses, TrainableGenerator makingPasses, ScalarType type)
        {
            Tensor Of(Tensor images) => images.to(type).WithChannelsLast();
            judgingPasses.Begin();
            judgingPasses.AddScore(Of(input), Weight);
            judgingPasses.AddGradientPenalty(Of(other), Weight);
            judgingPasses.End();
            makingPasses.Begin();
            (Tensor image, Action<Tensor> backward) = makingPasses.Forward(Of(input), Of(other));
            backward(Of(outer).narrow(2, 0, image.shape[2]).narrow(3, 0, image.shape[3]));
            makingPasses.End();
        }
    }

    [Fact]
    public void Passes_RunningStatistics_AreThoseOfTrainingMode()
    {
        using MdfDiscriminator byHand = Discriminator(6, 3), byGraph = Discriminator(6, 3);
        Tensor input = Images(1, 3), other = Images(1, 3);
        using var passes = new TrainableDiscriminator(byHand);
        using (no_grad())
        {
            passes.Begin();
            passes.AddScore(input.WithChannelsLast(), 1);
            passes.AddGradientPenalty(other.WithChannelsLast(), 1);
            passes.Score(input.WithChannelsLast(), 1);
        }

        byGraph.call(input);
        byGraph.call(other);
        byGraph.call(input);
        AssertSameBuffers(byGraph, byHand);
    }

    [Theory]
    [InlineData(4, ScalarType.Float64)]
    [InlineData(32, ScalarType.Float32)]
    public void Passes_Disposed_LeaveNoTensor(int width, ScalarType type)
    {
        using MdfDiscriminator discriminator = Discriminator(width, 3);
        using MdfGenerator generator = Generator(width, 3);
        discriminator.to(type);
        generator.to(type);
        Tensor input = Images(1, 3).to(type).WithChannelsLast();
        LiveTensors.AssertNoneLeft(() =>
        {
            using var inner = NewDisposeScope();
            using var noGradient = no_grad();
            using var judge = new TrainableDiscriminator(discriminator);
            using var maker = new TrainableGenerator(generator);
            judge.Begin();
            maker.Begin();
            judge.AddScore(input, 1);
            judge.AddGradientPenalty(input, 1);
            judge.Score(input, 1);
            (Tensor image, Action<Tensor> backward) = maker.Forward(input, input);
            backward(image);
        });
    }

    // The convolutions' biases within blocks have no effect, and so a gradient of nothing but rounding.
    private static void AssertSameGradients(nn.Module expected, nn.Module actual)
    {
        Dictionary<string, Parameter> got = actual.named_parameters().ToDictionary(p => p.name, p => p.parameter);
        foreach ((string name, Parameter parameter) in expected.named_parameters())
        {
            if (name.EndsWith("conv.bias", StringComparison.Ordinal))
            {
                Assert.Null(got[name].grad);
                Assert.True(parameter.grad is null || parameter.grad.abs().max().item<double>() < 1e-12);
                continue;
            }

            Tensor? wanted = parameter.grad;
            Assert.NotNull(got[name].grad);
            if (wanted is null || wanted.abs().max().item<double>() < 1e-14)
            {
                Assert.True(got[name].grad!.abs().max().item<double>() < 1e-12, name);
                continue;
            }

            double error = TensorAssert.RelativeNormError(wanted, got[name].grad!);
            Assert.True(error < 1e-10, $"{name}: {error:g3}");
        }
    }

    // Of all parameters together: a small gradient that is what larger ones leave of each other has a large error of its own.
    private static void AssertNearGradients(nn.Module expected, nn.Module actual, double tolerance)
    {
        Dictionary<string, Parameter> got = actual.named_parameters().ToDictionary(p => p.name, p => p.parameter);
        (string Name, Parameter Parameter)[] wanted = [.. expected.named_parameters().Where(p => p.parameter.grad is not null)];
        Tensor All(Func<(string Name, Parameter Parameter), Tensor> gradient) =>
            cat([.. wanted.Select(p => gradient(p).to(ScalarType.Float64).flatten())]);
        Assert.InRange(TensorAssert.RelativeNormError(All(p => p.Parameter.grad!), All(p => got[p.Name].grad!)), 0, tolerance);
    }

    private static void AssertSameBuffers(nn.Module expected, nn.Module actual)
    {
        Dictionary<string, Tensor> got = actual.named_buffers().ToDictionary(b => b.name, b => b.buffer);
        foreach ((string name, Tensor buffer) in expected.named_buffers())
        {
            TensorAssert.Near(buffer, got[name], 1e-12);
        }
    }

    private static void AssertNearBuffers(nn.Module expected, nn.Module actual, double tolerance)
    {
        Dictionary<string, Tensor> got = actual.named_buffers().ToDictionary(b => b.name, b => b.buffer);
        foreach ((string name, Tensor buffer) in expected.named_buffers())
        {
            Assert.True(TensorAssert.RelativeNormError(buffer.to(ScalarType.Float64), got[name]) <= tolerance, name);
        }
    }

    private static Tensor Penalty(MdfDiscriminator discriminator, Tensor images)
    {
        Tensor input = images.clone().requires_grad_(true);
        Tensor gradient = autograd.grad([discriminator.call(input).sum()], [input], retain_graph: true, create_graph: true)[0];
        return (gradient.norm(1, p: 2) - 1).square().mean() * Weight;
    }

    private static MdfDiscriminator Discriminator(int width, int channels) =>
        StartedNetworks.Start(new MdfDiscriminator(width, bodyBlocks: 2, channels));

    private static MdfGenerator Generator(int width, int channels) =>
        StartedNetworks.Start(new MdfGenerator(width, bodyBlocks: 2, channels));

    private Tensor Images(int count, int channels) => randn([count, channels, 15, 18], dtype: ScalarType.Float64, generator: random);
}
