using Mdf.Checkpoints;
using Mdf.TorchCompatibility;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Mdf.Models.Adversarial;

/// <summary>
/// The discriminator of SRGAN: eight convolutions of 3 x 3 pixels, every second one with stride 2, batch normalisation but after the
/// first, LeakyReLU(0.2), and two linear layers that score the whole image. Parameters are called <c>features.0.conv.weight</c>,
/// <c>features.1.norm.weight</c>, <c>classifier.0.weight</c> and so on.
/// </summary>
/// <remarks>
/// Ledig et al., "Photo-Realistic Single Image Super-Resolution Using a Generative Adversarial Network", CVPR 2017, Figure 4.
/// </remarks>
public sealed class SrganDiscriminator : Module<Tensor, Tensor>
{
    /// <summary>The number of features of an image: the channels of the last convolution.</summary>
    public const int FeatureCount = 512;

    /// <summary>The smallest legal value of <see cref="ImageSide"/>.</summary>
    public const int SmallestSide = 16;

    private const int LargestSide = 1024;
    private const string Format = "mdf-srgan-discriminator";
    private const int ColorChannels = 3;
    private const int HiddenUnits = 1024;
    private const double NegativeSlope = 0.2;

    private static readonly int[] Widths = [64, 64, 128, 128, 256, 256, 512, FeatureCount];

    private readonly Sequential features;
    private readonly Sequential classifier;

    /// <summary>Creates the discriminator with PyTorch's default initialisation; the paper names none.</summary>
    /// <param name="imageSide">
    /// The side of the square images it scores, in pixels, a multiple of 16 (published: 96); it decides how large the linear layers are.
    /// </param>
    /// <param name="seed">The same seed gives the same weights.</param>
    /// <exception cref="ArgumentOutOfRangeException">The side is no multiple of 16, or below 16 or above 1024.</exception>
    public SrganDiscriminator(int imageSide = 96, long seed = 0)
        : base(nameof(SrganDiscriminator))
    {
        if (imageSide is < SmallestSide or > LargestSide || imageSide % SmallestSide != 0)
        {
            throw new ArgumentOutOfRangeException(
                nameof(imageSide), $"Expected a multiple of {SmallestSide} up to {LargestSide}, got {imageSide}.");
        }

        using var scope = NewDisposeScope();
        ImageSide = imageSide;
        int lastSide = imageSide / SmallestSide;
        features = Sequential([.. Widths.Select((_, i) => Block(i))]);
        classifier = Sequential(Linear(FeatureCount * lastSide * lastSide, HiddenUnits), LeakyReLU(NegativeSlope), Linear(HiddenUnits, 1));
        RegisterComponents();
        WeightInitialization.Uniform(this, seed);
    }

    /// <summary>The side of the square images it scores, in pixels.</summary>
    public int ImageSide { get; }

    /// <summary>Scores images.</summary>
    /// <param name="input">(N, 3, <see cref="ImageSide"/>, <see cref="ImageSide"/>), RGB in [0, 1].</param>
    /// <returns>(N, 1): the logit of an image being real; its sigmoid is the paper's probability.</returns>
    /// <exception cref="ArgumentException">The shape is another one.</exception>
    public override Tensor forward(Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        if (input.shape is not [_, ColorChannels, var height, var width] || height != ImageSide || width != ImageSide)
        {
            throw new ArgumentException(
                $"input has shape ({string.Join(", ", input.shape)}); expected (N, {ColorChannels}, {ImageSide}, {ImageSide}).", nameof(input));
        }

        using var scope = NewDisposeScope();
        return classifier.call(features.call(input.ForTraining()).flatten(1)).MoveToOuterDisposeScope();
    }

    /// <summary>What the convolutions find in images, averaged over all places (global average pooling).</summary>
    /// <param name="input">(N, 3, H, W), RGB in [0, 1], of any size.</param>
    /// <returns>(N, <see cref="FeatureCount"/>).</returns>
    /// <exception cref="ArgumentException">The shape is another one.</exception>
    public Tensor Features(Tensor input)
    {
        ImageArguments.CheckShape(input, ColorChannels, nameof(input));
        using var scope = NewDisposeScope();
        return features.call(input.ForTraining()).mean([2, 3]).MoveToOuterDisposeScope();
    }

    /// <summary>Saves the discriminator as safetensors; the file is complete or not there at all.</summary>
    /// <param name="path">The file, by custom with the extension <c>.ckpt</c>; one that is there is replaced.</param>
    /// <param name="metadata">What to say about it, or null for nothing.</param>
    /// <exception cref="IOException">The file cannot be written; its folder does not exist, for instance.</exception>
    /// <exception cref="UnauthorizedAccessException">The file must not be written, or the path is a folder.</exception>
    public void Save(string path, IReadOnlyDictionary<string, string>? metadata = null)
        => NetworkWeights.Save(path, this, Format, metadata ?? new Dictionary<string, string>());

    /// <summary>Takes the weights of a checkpoint, safetensors or PyTorch.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="UnauthorizedAccessException">The file must not be read, or the path is a folder.</exception>
    /// <exception cref="CheckpointFormatException">
    /// The file is damaged or of another network: the message names the missing and the unexpected weights, or those of another shape.
    /// The discriminator is as before.
    /// </exception>
    public void LoadWeights(string path)
    {
        using StateDictionary weights = StateDictionaryReader.Read(path);
        NetworkWeights.CheckFormat(path, weights.Metadata, Format);
        NetworkWeights.Copy(path, "the file", weights, this);
    }

    private static Sequential Block(int index)
    {
        int inputChannels = index == 0 ? ColorChannels : Widths[index - 1];
        Conv2d convolution = Conv2d(inputChannels, Widths[index], 3, stride: 1 + (index % 2), padding: 1);
        return index == 0
            ? Sequential(("conv", convolution), ("activation", LeakyReLU(NegativeSlope)))
            : Sequential(("conv", convolution), ("norm", BatchNorm2d(Widths[index])), ("activation", LeakyReLU(NegativeSlope)));
    }
}
