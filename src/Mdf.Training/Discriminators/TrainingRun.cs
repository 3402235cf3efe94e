using Mdf.Imaging;
using Mdf.Models.Adversarial;
using Mdf.TorchCompatibility;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Mdf.Training.Discriminators;

/// <summary>Holds the networks of the scales trained so far and prepares the networks and images of the next scale.</summary>
internal sealed class TrainingRun : IDisposable
{
    private readonly DiscriminatorTrainingOptions options;
    private readonly TrainingDistortion distortion;
    private readonly Device device;
    private readonly SeedSequence seeds;
    private readonly Tensor[] images;
    private readonly (int Height, int Width)[][] sizes;
    private readonly List<MdfGenerator> generators = [];
    private readonly List<MdfDiscriminator> discriminators = [];
    private readonly List<ScaleSample> samples = [];
    private Tensor[][]? priors;
    private MdfGenerator? generator;
    private MdfDiscriminator? discriminator;

    public TrainingRun(
        DiscriminatorTrainingOptions options, IReadOnlyList<SeedImage> seedImages, TrainingDistortion distortion, Device device)
    {
        this.options = options;
        this.distortion = distortion;
        this.device = device;
        seeds = new SeedSequence(options.Seed);
        sizes = [.. seedImages.Select(i => PyramidSizes.Of(i.Pixels.shape[2], i.Pixels.shape[3], options))];
        images = [.. seedImages.Select(i => i.Pixels.detach().to(ScalarType.Float32).to(device).DetachFromDisposeScope())];
    }

    public int ScaleCount => sizes[0].Length;

    /// <summary>Number of finished scales, which is also the index of the next scale.</summary>
    public int Finished => discriminators.Count;

    /// <summary>Returns the size of the first image at a scale.</summary>
    public (int Height, int Width) SizeOf(int scale) => sizes[0][scale];

    /// <summary>Returns the sizes of all images at a scale as text, such as "250x166".</summary>
    public IEnumerable<string> SizesOf(int scale) => sizes.Select(s => $"{s[scale].Width}x{s[scale].Height}");

    /// <summary>Returns the training images of the next scale.</summary>
    public ScaleInputs Inputs()
    {
        int scale = Finished;
        Tensor[] reals = [.. images.Select((image, i) => Resized(image, sizes[i][scale]))];
        Tensor[][] started = priors ?? [.. reals.Select(r => new[] { r.clone() })];
        priors = null;
        return new ScaleInputs(reals, started, scale == 0 ? distortion.Coarsest : distortion.Finer, options);
    }

    /// <summary>
    /// Creates the networks of the next scale. Their initial weights are copied from the previous scale if it has as many channels, and are
    /// random otherwise.
    /// </summary>
    public (MdfGenerator Generator, MdfDiscriminator Discriminator) Networks()
    {
        int scale = Finished, width = options.WidthOf(scale), channels = (int)images[0].shape[1];
        generator = new MdfGenerator(width, options.BodyBlocks, channels);
        discriminator = new MdfDiscriminator(width, options.BodyBlocks, channels);
        if (scale > 0 && options.WidthOf(scale - 1) == width)
        {
            Copy(generators[^1], generator);
            Copy(discriminators[^1], discriminator);
        }
        else
        {
            using Generator forGenerator = seeds.Generator(SeedSequence.Purpose.Generator, scale);
            using Generator forDiscriminator = seeds.Generator(SeedSequence.Purpose.Discriminator, scale);
            SinGanBlocks.Initialize(generator, forGenerator);
            SinGanBlocks.Initialize(discriminator, forDiscriminator);
        }

        generator.to(device);
        discriminator.to(device);
        return (generator, discriminator);
    }

    /// <summary>Marks the networks of the next scale as trained and makes the priors of the scale after it with them.</summary>
    public void Finish(ScaleInputs inputs)
    {
        MdfGenerator trained = generator!;
        foreach (nn.Module network in (nn.Module[])[trained, discriminator!])
        {
            network.eval();
            foreach (Parameter parameter in network.parameters())
            {
                parameter.requires_grad = false;
            }
        }

        int scale = Finished;
        generators.Add(trained);
        discriminators.Add(discriminator!);
        (generator, discriminator) = (null, null);
        using var noGradient = no_grad();
        samples.Add(Sample(trained, inputs, seeds.Random(SeedSequence.Purpose.Sample, scale)));
        if (scale + 1 < ScaleCount)
        {
            priors = [.. images.Select(
                (_, i) => Enumerable.Range(0, options.PriorSampleCount).Select(s => NextPrior(trained, inputs, i, s)).ToArray())];
        }
    }

    /// <summary>Returns the weights and buffers of the finished scales, by name.</summary>
    public IEnumerable<KeyValuePair<string, Tensor>> Tensors() =>
        Enumerable.Range(0, Finished).SelectMany(k => TensorsOf(k, generators[k], discriminators[k]));

    /// <summary>Returns the weights and buffers of a scale, by name.</summary>
    public static IEnumerable<KeyValuePair<string, Tensor>> TensorsOf(
        int scale, MdfGenerator generator, MdfDiscriminator discriminator) =>
        generator.state_dict().Select(t => KeyValuePair.Create($"scale.{scale}.generator.{t.Key}", t.Value))
            .Concat(discriminator.state_dict().Select(t => KeyValuePair.Create($"scale.{scale}.discriminator.{t.Key}", t.Value)));

    /// <summary>Returns the discriminators and samples of the finished scales and hands their ownership to the result.</summary>
    public DiscriminatorTrainingResult Result(IReadOnlyDictionary<string, string> metadata)
    {
        DiscriminatorPyramid? pyramid = null;
        if (Finished > 0)
        {
            // Moved one by one, because a new parent module assumes that its children are on the CPU and would not move them.
            discriminators.ForEach(d => d.to(CPU));
            pyramid = new DiscriminatorPyramid(discriminators, metadata);
            pyramid.eval();
        }

        var result = new DiscriminatorTrainingResult(Finished == ScaleCount, pyramid, [.. samples]);
        discriminators.Clear();
        samples.Clear();
        return result;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        IEnumerable<IDisposable?> owned =
        [
            .. images, .. generators, .. discriminators, .. samples, .. (priors ?? []).SelectMany(p => p), generator, discriminator,
        ];
        foreach (IDisposable? one in owned)
        {
            one?.Dispose();
        }
    }

    private static Tensor Resized(Tensor image, (int Height, int Width) size) =>
        image.shape[2] == size.Height && image.shape[3] == size.Width
            ? image.clone()
            : Resize.Bicubic(image, size.Height, size.Width).Clamp(0, 1);

    private static void Copy(nn.Module from, nn.Module to)
    {
        using var noGradient = no_grad();
        Dictionary<string, Tensor> source = from.state_dict();
        foreach ((string name, Tensor target) in to.state_dict())
        {
            target.copy_(source[name]);
        }
    }

    private static Tensor FromSigned(Tensor image) => image.Plus(1).Over(2);

    private static ScaleSample Sample(MdfGenerator generator, ScaleInputs inputs, Random random)
    {
        using var scope = NewDisposeScope();
        (Tensor real, Tensor input, Tensor skip) = inputs.Draw(0, 0, random);
        int margin = generator.Margin;
        Tensor seen = input.narrow(2, margin, real.shape[2]).narrow(3, margin, real.shape[3]);
        Tensor[] shown =
            [.. new[] { real, seen, generator.call(input, skip) }.Select(i => FromSigned(i).cpu().contiguous().DetachFromDisposeScope())];
        return new ScaleSample(shown[0], shown[1], shown[2]);
    }

    private Tensor NextPrior(MdfGenerator generator, ScaleInputs inputs, int image, int sample)
    {
        using var scope = NewDisposeScope();
        Random random = seeds.Random(SeedSequence.Purpose.Prior, Finished, image, sample);
        (_, Tensor input, Tensor skip) = inputs.Draw(image, sample, random);
        Tensor made = FromSigned(generator.call(input, skip)).Clamp(0, 1).contiguous();
        return Resized(made, sizes[image][Finished]).DetachFromDisposeScope();
    }
}
