using Mdf.Models.Adversarial;
using Mdf.TorchCompatibility;
using Mdf.Training.Discriminators.Networks;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Mdf.Training.Discriminators;

/// <summary>
/// Trains the generator and the discriminator of one scale against each other (WGAN-GP with a reconstruction error, as in SinGAN).
/// </summary>
internal sealed class ScaleTraining : IDisposable
{
    private const double LaterRate = 0.1;

    private readonly DiscriminatorTrainingOptions options;
    private readonly SeedSequence seeds;
    private readonly int scale;
    private readonly ScaleInputs inputs;
    private readonly TrainableGenerator generatorPasses;
    private readonly TrainableDiscriminator discriminatorPasses;
    private readonly Adam generatorAdam;
    private readonly Adam discriminatorAdam;

    public ScaleTraining(
        DiscriminatorTrainingOptions options, int scale, ScaleInputs inputs, MdfGenerator generator, MdfDiscriminator discriminator)
    {
        this.options = options;
        seeds = new SeedSequence(options.Seed);
        this.scale = scale;
        this.inputs = inputs;
        Generator = generator;
        Discriminator = discriminator;
        ScalarType? precision = options.Precision == TrainingPrecision.BFloat16 ? ScalarType.BFloat16 : null;
        generatorPasses = new TrainableGenerator(generator, precision);
        discriminatorPasses = new TrainableDiscriminator(discriminator, precision);
        generatorAdam = optim.Adam(generator.parameters(), options.LearningRate, options.Beta1, options.Beta2);
        discriminatorAdam = optim.Adam(discriminator.parameters(), options.LearningRate, options.Beta1, options.Beta2);
        generator.train();
        discriminator.train();
    }

    public MdfGenerator Generator { get; }

    public MdfDiscriminator Discriminator { get; }

    /// <summary>Number of iterations done.</summary>
    public int Iteration { get; private set; }

    /// <summary>Adam's moments, by name.</summary>
    public IEnumerable<KeyValuePair<string, Tensor>> Moments =>
        generatorAdam.Moments("generator.").Concat(discriminatorAdam.Moments("discriminator."));

    /// <summary>Resumes after iterations of an earlier run, whose weights and moments are already restored.</summary>
    public void ContinueAfter(int iterations)
    {
        Iteration = iterations;
        generatorAdam.SetSteps(iterations * options.GeneratorSteps);
        discriminatorAdam.SetSteps(iterations * options.DiscriminatorSteps);
    }

    /// <summary>Runs one iteration: the discriminator's steps, then the generator's steps.</summary>
    public ScaleLosses Iterate()
    {
        using var noGradient = no_grad();
        SetRate();
        generatorPasses.Begin();
        double real = 0, fake = 0, penalty = 0, error = 0;
        for (int i = 0; i < options.DiscriminatorSteps; i++)
        {
            bool last = i == options.DiscriminatorSteps - 1;
            using var scope = NewDisposeScope();
            Random random = seeds.Random(SeedSequence.Purpose.Step, scale, Iteration, i);
            (Tensor realScore, Tensor fakeScore, Tensor gradientPenalty) = TrainDiscriminator(random);
            if (last)
            {
                (real, fake, penalty) = (realScore.ToDouble(), fakeScore.ToDouble(), gradientPenalty.ToDouble());
            }
        }

        discriminatorPasses.Begin();
        for (int i = 0; i < options.GeneratorSteps; i++)
        {
            using var scope = NewDisposeScope();
            Random random = seeds.Random(SeedSequence.Purpose.Step, scale, Iteration, options.DiscriminatorSteps + i);
            Tensor reconstruction = TrainGenerator(random);
            if (i == options.GeneratorSteps - 1)
            {
                error = reconstruction.ToDouble();
            }
        }

        Iteration++;
        return new ScaleLosses(real, fake, penalty, error);
    }

    /// <summary>
    /// Returns a description of the first weight, running statistic or moment of Adam that is not finite, or null. The losses of an
    /// iteration do not show such values, because they are measured before its last updates.
    /// </summary>
    public string? Trouble() => TrainingState.Trouble(TrainingRun.TensorsOf(scale, Generator, Discriminator).Concat(Moments));

    public void Dispose()
    {
        generatorPasses.Dispose();
        discriminatorPasses.Dispose();
        generatorAdam.Dispose();
        discriminatorAdam.Dispose();
    }

    private (Tensor Real, Tensor Fake, Tensor Penalty) TrainDiscriminator(Random random)
    {
        (Tensor real, Tensor input, Tensor skip) = inputs.Draw(random);
        Tensor fake = generatorPasses.Forward(input, skip).Image;
        discriminatorPasses.Begin();
        Tensor realScore = discriminatorPasses.AddScore(real, -1);
        Tensor fakeScore = discriminatorPasses.AddScore(fake, 1);
        double share = random.NextDouble();
        Tensor between = real.Times(share).Plus(fake.Times(1 - share));
        Tensor penalty = discriminatorPasses.AddGradientPenalty(between, options.GradientPenaltyWeight);
        discriminatorPasses.End();
        discriminatorAdam.StepSafely();
        return (realScore, fakeScore, penalty);
    }

    private Tensor TrainGenerator(Random random)
    {
        (Tensor real, Tensor input, Tensor skip) = inputs.Draw(random);
        generatorPasses.Begin();
        (Tensor fake, Action<Tensor> backward) = generatorPasses.Forward(input, skip);
        Tensor difference = fake - real;
        Tensor gradient = discriminatorPasses.Score(fake, -1).Gradient;
        backward(gradient.Add(difference, 2 * options.ReconstructionWeight / difference.numel()));
        generatorPasses.End();
        generatorAdam.StepSafely();
        return difference.Squared().mean();
    }

    private void SetRate()
    {
        double rate = options.LearningRate * (Iteration >= options.DecayAfter * options.Iterations ? LaterRate : 1);
        generatorAdam.SetRate(rate);
        discriminatorAdam.SetRate(rate);
    }
}
