using Mdf.Checkpoints;
using Mdf.Guards;
using Mdf.TorchCompatibility;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Mdf.Models.Adversarial;

/// <summary>
/// The discriminator of SRGAN: eight 3 x 3 convolutions, every second one with stride 2, with LeakyReLU(0.2) and, except after the first,
/// batch normalisation; then two linear layers that score the whole image. Parameters are named <c>features.0.conv.weight</c>,
/// <c>features.1.norm.weight</c>, <c>classifier.0.weight</c> and so on.
/// </summary>
/// <remarks>
/// Ledig et al., "Photo-Realistic Single Image Super-Resolution Using a Generative Adversarial Network", CVPR 2017, Figure 4.
/// </remarks>
public sealed class SrganDiscriminator : Module<Tensor, Tensor>
{
    /// <summary>Number of features of an image, which is the number of channels of the last convolution: 512.</summary>
    public const int FeatureCount = 512;

    /// <summary>Smallest legal value of <see cref="ImageSide"/>: 16.</summary>
    public const int SmallestSide = 16;

    private const int LargestSide = 1024;
    private const string Format = "mdf-srgan-discriminator";
    private const int ColorChannels = 3;
    private const int HiddenUnits = 1024;
    private const double NegativeSlope = 0.2;

    private static readonly int[] Widths = [64, 64, 128, 128, 256, 256, 512, FeatureCount];

    private readonly Sequential features;
    private readonly Sequential classifier;
    private bool isDisposed;

    /// <summary>Creates a discriminator with PyTorch's default initialisation; the paper does not specify one.</summary>
    /// <param name="imageSide">
    /// Side of the square images to score, in pixels: a multiple of 16 up to 1024. It determines the size of the linear layers. Default:
    /// 96, as published.
    /// </param>
    /// <param name="seed">Seeds all random choices; the same seed gives the same weights. Default: 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The side is not a multiple of 16, below 16 or above 1024.</exception>
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
        classifier = Sequential(
            Layers.Linear(FeatureCount * lastSide * lastSide, HiddenUnits),
            new SafeLeakyReLU(NegativeSlope),
            Layers.Linear(HiddenUnits, 1));
        RegisterComponents();
        WeightInitialization.Uniform(this, seed);
    }

    /// <summary>Side of the square images to score, in pixels.</summary>
    public int ImageSide { get; }

    /// <summary>Scores whole images.</summary>
    /// <param name="input">RGB images, (N, 3, <see cref="ImageSide"/>, <see cref="ImageSide"/>), in [0, 1].</param>
    /// <returns>(N, 1): logits of the images being real. Their sigmoid is the paper's probability.</returns>
    /// <exception cref="ArgumentException">The images have another shape.</exception>
    /// <exception cref="ObjectDisposedException">The network was disposed.</exception>
    public override Tensor forward(Tensor input)
    {
        ObjectDisposedException.ThrowIf(isDisposed, this);
        ArgumentNullException.ThrowIfNull(input);
        if (input.shape is not [_, ColorChannels, var height, var width] || height != ImageSide || width != ImageSide)
        {
            throw new ArgumentException(
                $"input has shape {ShapeText.Of(input)}; expected (N, {ColorChannels}, {ImageSide}, {ImageSide}).",
                nameof(input));
        }

        using var scope = NewDisposeScope();
        return classifier.call(features.call(input.ForTraining()).flatten(1)).MoveToOuterDisposeScope();
    }

    /// <summary>Computes the output of the convolutions, averaged over all positions (global average pooling).</summary>
    /// <param name="input">RGB images of any size, (N, 3, H, W), in [0, 1].</param>
    /// <returns>Features, (N, <see cref="FeatureCount"/>).</returns>
    /// <exception cref="ArgumentException">The images have another shape.</exception>
    public Tensor Features(Tensor input)
    {
        ObjectDisposedException.ThrowIf(isDisposed, this);
        ImageGuard.Shape(input, ColorChannels, nameof(input));
        using var scope = NewDisposeScope();
        return features.call(input.ForTraining()).mean([2, 3]).MoveToOuterDisposeScope();
    }

    /// <summary>Saves the discriminator as safetensors. The file is replaced atomically.</summary>
    /// <param name="path">Path of the file, usually with the extension <c>.ckpt</c>; an existing file is replaced.</param>
    /// <param name="metadata">Entries to save with the discriminator; null for none.</param>
    /// <exception cref="IOException">The file cannot be written, for instance because its folder does not exist.</exception>
    /// <exception cref="UnauthorizedAccessException">The process has no permission to write the file, or the path is a folder.</exception>
    public void Save(string path, IReadOnlyDictionary<string, string>? metadata = null)
        => NetworkWeights.Save(path, this, Format, metadata ?? new Dictionary<string, string>());

    /// <summary>Loads the weights of a safetensors or PyTorch checkpoint.</summary>
    /// <param name="path">Path of the file.</param>
    /// <exception cref="FileNotFoundException">The file does not exist.</exception>
    /// <exception cref="DirectoryNotFoundException">The file's folder does not exist.</exception>
    /// <exception cref="UnauthorizedAccessException">The process has no permission to read the file, or the path is a folder.</exception>
    /// <exception cref="CheckpointFormatException">
    /// The file is damaged or belongs to another network. The message lists missing weights, unexpected weights or weights of another
    /// shape. The discriminator is unchanged.
    /// </exception>
    public void LoadWeights(string path)
    {
        using StateDictionary weights = StateDictionaryReader.Read(path);
        NetworkWeights.CheckFormat(path, weights.Metadata, Format);
        NetworkWeights.Copy(path, "the file", weights, this);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        isDisposed = true;
        base.Dispose(disposing);
    }

    private static Sequential Block(int index)
    {
        int inputChannels = index == 0 ? ColorChannels : Widths[index - 1];
        Conv2d convolution = Layers.Convolution(inputChannels, Widths[index], stride: 1 + (index % 2));
        var activation = new SafeLeakyReLU(NegativeSlope);
        return index == 0
            ? Sequential(("conv", convolution), ("activation", activation))
            : Sequential(("conv", convolution), ("norm", new SafeBatchNorm2d(Widths[index])), ("activation", activation));
    }
}
