using Mdf.Degradations;
using Mdf.Models.Adversarial;
using Mdf.Testing;
using Mdf.Training.Discriminators;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Mdf.Training.Tests.Discriminators;

/// <summary>Whole iterations against the same iterations written down by automatic differentiation, both in float64.</summary>
public sealed class ScaleTrainingTests : IDisposable
{
    private const int Scale = 1;
    private const int Iterations = 3;

    // None of them is a default, and the learning rate falls before the last iteration.
    private static readonly DiscriminatorTrainingOptions Options = new()
    {
        Iterations = Iterations,
        DecayAfter = 0.6,
        BodyBlocks = 1,
        Width = 4,
        DiscriminatorSteps = 2,
        GeneratorSteps = 2,
        LearningRate = 2e-3,
        Beta1 = 0.4,
        Beta2 = 0.9,
        GradientPenaltyWeight = 0.7,
        ReconstructionWeight = 3,
        Seed = 5,
    };

    private static readonly Degradation Noise = new GaussianNoise(40, 60);

    private readonly DisposeScope scope = NewDisposeScope();
    private readonly Generator random = new(5, CPU);
    private readonly Tensor[] reals;
    private readonly Tensor[][] priors;

    public ScaleTrainingTests()
    {
        reals = [Image(9, 12), Image(11, 8)];
        priors = [.. reals.Select(r => new[] { Image(r.shape[2], r.shape[3]), Image(r.shape[2], r.shape[3]) })];
    }

    public void Dispose()
    {
        random.Dispose();
        scope.Dispose();
    }

    [Theory]
    [InlineData(GeneratorSkip.Distorted)]
    [InlineData(GeneratorSkip.Undistorted)]
    public void Iterate_ThreeTimes_IsTheIterationByAutomaticDifferentiation(GeneratorSkip skip)
    {
        DiscriminatorTrainingOptions options = Options with { Skip = skip };
        using MdfGenerator generator = Generator(), generatorByGraph = Generator();
        using MdfDiscriminator discriminator = Discriminator(), discriminatorByGraph = Discriminator();
        using ScaleInputs inputs = Inputs(options);
        using var training = new ScaleTraining(options, Scale, inputs, generator, discriminator);
        var transcription = new Transcription(options, this, generatorByGraph, discriminatorByGraph);
        for (int i = 0; i < Iterations; i++)
        {
            ScaleLosses losses = training.Iterate(), expected = transcription.Iterate(i);
            Assert.Equal(expected.RealScore, losses.RealScore, 1e-10);
            Assert.Equal(expected.FakeScore, losses.FakeScore, 1e-10);
            Assert.Equal(expected.GradientPenalty, losses.GradientPenalty, 1e-10);
            Assert.Equal(expected.ReconstructionError, losses.ReconstructionError, 1e-10);
        }

        AssertSame(generatorByGraph.state_dict(), generator.state_dict());
        AssertSame(discriminatorByGraph.state_dict(), discriminator.state_dict());
        AssertSame(transcription.Moments, training.Moments.ToDictionary());
    }

    // Kernels in C# compute the second case, where the processor has AVX2.
    [Theory]
    [InlineData(4, ScalarType.Float64)]
    [InlineData(32, ScalarType.Float32)]
    public void Iterate_WhileGarbageIsCollected_GivesTheSame(int width, ScalarType type)
    {
        Dictionary<string, Tensor> expected = Trained(collects: false);
        for (int i = 0; i < TestLength.Of(full: 20, usual: 4); i++)
        {
            foreach ((string name, Tensor tensor) in Trained(collects: true))
            {
                TensorAssert.Equal(expected[name], tensor);
            }
        }

        Dictionary<string, Tensor> Trained(bool collects)
        {
            using MdfGenerator generator = Generator(width);
            using MdfDiscriminator discriminator = Discriminator(width);
            generator.to(type);
            discriminator.to(type);
            using ScaleInputs inputs = Inputs(Options, type);
            using var training = new ScaleTraining(Options, Scale, inputs, generator, discriminator);
            using GarbageCollections? collections = collects ? new GarbageCollections() : null;
            for (int i = 0; i < 5; i++)
            {
                training.Iterate();
            }

            return discriminator.state_dict().Concat(generator.state_dict().Select(t => KeyValuePair.Create($"generator.{t.Key}", t.Value)))
                .ToDictionary(t => t.Key, t => t.Value.clone());
        }
    }

    [Theory]
    [InlineData("scale.1.generator.head.conv.weight")]
    [InlineData("scale.1.generator.head.norm.running_mean")]
    [InlineData("scale.1.discriminator.body.block1.norm.running_var")]
    [InlineData("adam.discriminator.0.square")]
    public void Trouble_AnythingThatIsNotFinite_IsNamed(string name)
    {
        using MdfGenerator generator = Generator();
        using MdfDiscriminator discriminator = Discriminator();
        using ScaleInputs inputs = Inputs(Options);
        using var training = new ScaleTraining(Options, Scale, inputs, generator, discriminator);
        training.Iterate();
        Assert.Null(training.Trouble());
        using (no_grad())
        {
            TrainingRun.TensorsOf(
                Scale,
                generator,
                discriminator).Concat(training.Moments).Single(t => t.Key == name).Value.view(-1)[0] = double.PositiveInfinity;
        }

        Assert.Equal($"'{name}' is not finite", training.Trouble());
    }

    private static void AssertSame(Dictionary<string, Tensor> expected, Dictionary<string, Tensor> actual)
    {
        Assert.Equal(expected.Keys.Order(), actual.Keys.Order());
        foreach ((string name, Tensor tensor) in expected)
        {
            double error = TensorAssert.LargestDifference(tensor, actual[name]);
            Assert.True(error < 1e-9, $"{name}: {error:g3}");
        }
    }

    private static MdfGenerator Generator(int? width = null) =>
        StartedNetworks.Start(new MdfGenerator(width ?? Options.Width, Options.BodyBlocks));

    private static MdfDiscriminator Discriminator(int? width = null) =>
        StartedNetworks.Start(new MdfDiscriminator(width ?? Options.Width, Options.BodyBlocks));

    private ScaleInputs Inputs(DiscriminatorTrainingOptions options, ScalarType type = ScalarType.Float64) => new(
        [.. reals.Select(r => r.to(type).clone())], [.. priors.Select(p => p.Select(t => t.to(type).clone()).ToArray())], Noise, options);

    private Tensor Image(long height, long width) => rand([1, 3, height, width], dtype: ScalarType.Float64, generator: random);

    /// <summary>SinGAN's iteration, as it is described: nothing is shared, and all gradients are libtorch's.</summary>
    private sealed class Transcription(
        DiscriminatorTrainingOptions options, ScaleTrainingTests images, MdfGenerator generator, MdfDiscriminator discriminator)
    {
        private readonly AdamByHand generatorAdam = new(options, "generator", generator);
        private readonly AdamByHand discriminatorAdam = new(options, "discriminator", discriminator);

        public Dictionary<string, Tensor> Moments => generatorAdam.Moments.Concat(discriminatorAdam.Moments).ToDictionary();

        public ScaleLosses Iterate(int iteration)
        {
            double rate = options.LearningRate * (iteration >= options.DecayAfter * options.Iterations ? 0.1 : 1);
            Tensor realScore = null!, fakeScore = null!, penalty = null!, error = null!;
            for (int step = 0; step < options.DiscriminatorSteps; step++)
            {
                (Tensor real, Tensor fake, Random draws) = Draw(iteration, step);
                discriminator.zero_grad();
                realScore = discriminator.call(real).mean();
                fakeScore = discriminator.call(fake.detach()).mean();
                double share = draws.NextDouble();
                Tensor between = ((share * real) + ((1 - share) * fake.detach())).requires_grad_(true);
                Tensor gradient = autograd.grad([discriminator.call(between).sum()], [between], retain_graph: true, create_graph: true)[0];
                penalty = options.GradientPenaltyWeight * (gradient.norm(1, p: 2) - 1).square().mean();
                (fakeScore - realScore + penalty).backward();
                discriminatorAdam.Step(rate);
            }

            for (int step = 0; step < options.GeneratorSteps; step++)
            {
                (Tensor real, Tensor fake, _) = Draw(iteration, options.DiscriminatorSteps + step);
                generator.zero_grad();
                error = nn.functional.mse_loss(fake, real);
                ((options.ReconstructionWeight * error) - discriminator.call(fake).mean()).backward();
                generatorAdam.Step(rate);
            }

            return new ScaleLosses(realScore.item<double>(), fakeScore.item<double>(), penalty.item<double>(), error.item<double>());
        }

        private (Tensor Real, Tensor Fake, Random Draws) Draw(int iteration, int step)
        {
            Random draws = new SeedSequence(options.Seed).Random(SeedSequence.Purpose.Step, Scale, iteration, step);
            int image = draws.Next(images.reals.Length);
            Tensor prior = images.priors[image][draws.Next(images.priors[image].Length)];
            Tensor distorted = Noise.Apply(prior, draws), skip = options.Skip == GeneratorSkip.Distorted ? distorted : prior;
            return (Signed(images.reals[image]), generator.call(Padded(distorted), Padded(skip)), draws);
        }

        private Tensor Padded(Tensor image) =>
            nn.functional.pad(Signed(image), [generator.Margin, generator.Margin, generator.Margin, generator.Margin]);

        private static Tensor Signed(Tensor image) => (2 * image) - 1;
    }

    /// <summary>Kingma and Ba's algorithm 1.</summary>
    private sealed class AdamByHand(DiscriminatorTrainingOptions options, string network, nn.Module module)
    {
        private readonly Tensor[] means = [.. module.parameters().Select(p => zeros_like(p))];
        private readonly Tensor[] squares = [.. module.parameters().Select(p => zeros_like(p))];
        private int steps;

        public IEnumerable<KeyValuePair<string, Tensor>> Moments =>
            means.Select((m, i) => KeyValuePair.Create($"adam.{network}.{i}.mean", m))
                .Concat(squares.Select((s, i) => KeyValuePair.Create($"adam.{network}.{i}.square", s)));

        public void Step(double rate)
        {
            using var noGradient = no_grad();
            steps++;
            foreach (((string name, Parameter parameter), int i) in module.named_parameters().Select((p, i) => ((p.name, p.parameter), i)))
            {
                // The normalisation takes the bias off: its gradient is nothing but rounding, which Adam would make steps of.
                if (name.EndsWith("conv.bias", StringComparison.Ordinal))
                {
                    continue;
                }

                Tensor gradient = parameter.grad!;
                means[i] = (options.Beta1 * means[i]) + ((1 - options.Beta1) * gradient);
                squares[i] = (options.Beta2 * squares[i]) + ((1 - options.Beta2) * gradient.square());
                Tensor mean = means[i] / (1 - Math.Pow(options.Beta1, steps)), square = squares[i] / (1 - Math.Pow(options.Beta2, steps));
                parameter.sub_(rate * mean / (square.sqrt() + 1e-8));
            }
        }
    }
}
