using System.Globalization;
using System.Text.RegularExpressions;
using Mdf.Checkpoints;
using Mdf.Guards;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Mdf.Models.Adversarial;

/// <summary>
/// The discriminators of all scales, coarsest first, as one module that can be loaded, saved and moved to a device. Loads the published
/// <c>.pth</c> files of the MDF authors and this library's <c>.ckpt</c> files (safetensors); saves <c>.ckpt</c> files, with tensors named
/// <c>scale.0.head.conv.weight</c> and so on.
/// </summary>
public sealed partial class DiscriminatorPyramid : nn.Module
{
    /// <summary>Value of <see cref="FormatKey"/> in the metadata of saved discriminators.</summary>
    public const string Format = "mdf-discriminators";

    /// <summary>Metadata key of the file's format.</summary>
    public const string FormatKey = NetworkWeights.FormatKey;

    // Weights up to this size are accepted even if their file is smaller (the published weights take 2.3 MB).
    private const long UnquestionedBytes = 64 << 20;

    [ComponentName(Name = "scale")]
    private readonly ModuleList<MdfDiscriminator> scales;

    /// <summary>Creates a pyramid from discriminators. The pyramid takes ownership of them.</summary>
    /// <param name="discriminators">Discriminators, coarsest scale first; at least one.</param>
    /// <param name="metadata">Entries to save with the discriminators (task, seed image, settings); null for none.</param>
    /// <exception cref="ArgumentException">There are no discriminators, or one of them is null.</exception>
    public DiscriminatorPyramid(IEnumerable<MdfDiscriminator> discriminators, IReadOnlyDictionary<string, string>? metadata = null)
        : base(nameof(DiscriminatorPyramid))
    {
        ArgumentNullException.ThrowIfNull(discriminators);
        MdfDiscriminator[] given = [.. discriminators];
        if (given.Length == 0 || given.Contains(null))
        {
            throw new ArgumentException(
                given.Length == 0 ? "Expected at least one discriminator, got none." : "One of the discriminators is null.",
                nameof(discriminators));
        }

        scales = new ModuleList<MdfDiscriminator>(given);
        Metadata = metadata ?? new Dictionary<string, string>();
        RegisterComponents();
    }

    /// <summary>Discriminators of the scales, coarsest first.</summary>
    public IReadOnlyList<MdfDiscriminator> Scales => [.. scales];

    /// <summary>Metadata of the file that the discriminators were loaded from; empty for the authors' files.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>
    /// Classes and functions that the file of the discriminators names beside them (<see cref="StateDictionary.Ignored"/>). They were left
    /// out. Empty if no file was loaded.
    /// </summary>
    public IReadOnlyList<string> Ignored { get; private init; } = [];

    /// <summary>
    /// Creates untrained discriminators of the published widths: 32 channels for the first four scales, 64 for the next four, and 128 for
    /// all others. They are initialised as in SinGAN: convolution weights from N(0, 0.02), normalisation weights from N(1, 0.02), biases
    /// zero. Training starts from such discriminators; they also serve as a baseline that shows the effect of training.
    /// </summary>
    /// <param name="seed">Seeds all random choices; the same seed gives the same weights.</param>
    /// <param name="scaleCount">Number of scales, at least 1. Default: 8.</param>
    /// <returns>The pyramid, on the CPU, in evaluation mode.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The number of scales is below 1.</exception>
    public static DiscriminatorPyramid CreateUntrained(long seed, int scaleCount = 8)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(scaleCount, 1);
        using var generator = new Generator((ulong)seed, CPU);
        var pyramid = new DiscriminatorPyramid(
            Enumerable.Range(0, scaleCount).Select(k => new MdfDiscriminator(PublishedWidth(k))),
            new Dictionary<string, string> { ["task"] = "none (untrained)", ["seed"] = seed.ToString(CultureInfo.InvariantCulture) });
        SinGanBlocks.Initialize(pyramid, generator);
        pyramid.eval();
        return pyramid;
    }

    /// <summary>
    /// Loads discriminators from a <c>.pth</c> file of the MDF authors or a <c>.ckpt</c> file of this library. The format is detected by
    /// content.
    /// </summary>
    /// <param name="path">Path of the file.</param>
    /// <returns>The pyramid, on the CPU, in evaluation mode.</returns>
    /// <exception cref="FileNotFoundException">The file does not exist.</exception>
    /// <exception cref="DirectoryNotFoundException">The file's folder does not exist.</exception>
    /// <exception cref="UnauthorizedAccessException">The process has no permission to read the file, or the path is a folder.</exception>
    /// <exception cref="CheckpointFormatException">The file is damaged, or holds no discriminators of this form.</exception>
    public static DiscriminatorPyramid Load(string path)
    {
        using StateDictionary weights = StateDictionaryReader.Read(path);
        return FromWeights(path, new FileInfo(path).Length, weights);
    }

    /// <summary>Loads discriminators from a stream, such as an embedded resource.</summary>
    /// <param name="stream">A seekable stream. It is read from its start, regardless of its position, and stays open.</param>
    /// <param name="name">Name of the checkpoint in error messages.</param>
    /// <returns>The pyramid, on the CPU, in evaluation mode.</returns>
    /// <exception cref="ArgumentException">The stream cannot seek.</exception>
    /// <exception cref="CheckpointFormatException">The content is damaged, or holds no discriminators of this form.</exception>
    public static DiscriminatorPyramid Load(Stream stream, string name)
    {
        using StateDictionary weights = StateDictionaryReader.Read(stream, name);
        return FromWeights(name, stream.Length, weights);
    }

    /// <summary>
    /// Sets the statistics of all batch normalisations to those of images, so that the features of these images have unit scale. Untrained
    /// discriminators then weigh all their layers, as trained ones do; without it their first layer outweighs the others.
    /// </summary>
    /// <param name="images">
    /// Images, (N, channels, H, W), in the range in which the loss will see them, with sides above
    /// <see cref="MdfDiscriminator.ReceptiveField"/>. Several photographs of some 100 x 100 pixels are enough.
    /// </param>
    /// <exception cref="ArgumentException">The images have another shape, or are too small.</exception>
    public void Calibrate(Tensor images)
    {
        ArgumentNullException.ThrowIfNull(images);
        foreach (MdfDiscriminator discriminator in scales)
        {
            if (images.ndim != 4 || images.shape[0] < 1 || images.shape[1] != discriminator.InputChannels
                || images.shape[2] <= discriminator.ReceptiveField || images.shape[3] <= discriminator.ReceptiveField)
            {
                throw new ArgumentException(
                    $"The images have the shape {ShapeText.Of(images)}; expected (N, {discriminator.InputChannels}, H, W), "
                    + $"with sides above {discriminator.ReceptiveField}.",
                    nameof(images));
            }
        }

        bool wasTraining = training;
        using var noGradient = no_grad();
        eval();
        foreach (MdfDiscriminator discriminator in scales)
        {
            discriminator.Calibrate(images);
        }

        train(wasTraining);
    }

    /// <summary>Saves the discriminators as safetensors. The file is replaced atomically.</summary>
    /// <param name="path">Path of the file, usually with the extension <c>.ckpt</c>; an existing file is replaced.</param>
    /// <exception cref="IOException">The file cannot be written, for instance because its folder does not exist.</exception>
    /// <exception cref="UnauthorizedAccessException">The process has no permission to write the file, or the path is a folder.</exception>
    public void Save(string path) => NetworkWeights.Save(path, this, Format, Metadata);

    /// <summary>Returns the width of a scale: 32 channels for the first four scales, 64 for the next four, then 128.</summary>
    internal static int PublishedWidth(int scale) => 32 << Math.Min(scale / 4, 2);

    private static DiscriminatorPyramid FromWeights(string path, long length, StateDictionary weights)
    {
        NetworkWeights.CheckFormat(path, weights.Metadata, Format);
        CheckMemory(path, length, weights);

        // Names start with "scale." in this library's files, and with the index in the authors' files.
        var byScale = new SortedDictionary<int, Dictionary<string, Tensor>>();
        foreach ((string name, Tensor tensor) in weights)
        {
            Match match = ScaleName().Match(name);
            if (!match.Success)
            {
                throw new CheckpointFormatException(
                    path,
                    null,
                    $"it holds '{name}', where names like 'scale.0.head.conv.weight' or '0.head.conv.weight' are expected.");
            }

            int scale = int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
            if (!byScale.TryGetValue(scale, out Dictionary<string, Tensor>? ofScale))
            {
                byScale.Add(scale, ofScale = []);
            }

            if (!ofScale.TryAdd(match.Groups[2].Value, tensor))
            {
                throw new CheckpointFormatException(path, null, $"it holds '{match.Groups[2].Value}' of scale {scale} twice.");
            }
        }

        if (byScale.Count == 0 || byScale.Keys.Last() != byScale.Count - 1)
        {
            throw new CheckpointFormatException(
                path, null, $"it holds the scales [{string.Join(", ", byScale.Keys)}]; they must be numbered from 0 without a gap.");
        }

        var discriminators = new List<MdfDiscriminator>();
        try
        {
            foreach ((int scale, Dictionary<string, Tensor> ofScale) in byScale)
            {
                discriminators.Add(LoadScale(path, scale, ofScale));
            }
        }
        catch
        {
            discriminators.ForEach(d => d.Dispose());
            throw;
        }

        var pyramid = new DiscriminatorPyramid(discriminators, weights.Metadata) { Ignored = weights.Ignored };
        pyramid.eval();
        return pyramid;
    }

    // Tensors that are views of one storage share its memory in the file, but copies of them may need far more memory.
    private static void CheckMemory(string path, long length, StateDictionary weights)
    {
        double bytes = weights.Values.Sum(t => (double)t.numel() * t.element_size());
        if (bytes > Math.Max(UnquestionedBytes, length))
        {
            throw new CheckpointFormatException(path, null, $"its weights would take {bytes:g3} bytes of memory, far more than the file.");
        }
    }

    private static MdfDiscriminator LoadScale(string path, int scale, Dictionary<string, Tensor> weights)
    {
        // The shapes of the convolutions determine the architecture; Copy checks all other weights.
        const string First = "head.conv.weight";
        if (!weights.TryGetValue(First, out Tensor? first)
            || first.ndim != 4
            || first.shape[0] is < 1 or > 4096
            || first.shape[1] is < 1 or > 64)
        {
            throw new CheckpointFormatException(path, null, $"scale {scale} has no '{First}' of shape (width, channels, 3, 3).");
        }

        long width = first.shape[0];
        int blocks = Enumerable.Range(1, weights.Count).TakeWhile(i => weights.ContainsKey($"body.block{i}.conv.weight")).Count();
        for (int i = 1; i <= Math.Max(blocks, 1); i++)
        {
            if (!weights.TryGetValue($"body.block{i}.conv.weight", out Tensor? block) || !block.shape.SequenceEqual([width, width, 3, 3]))
            {
                throw new CheckpointFormatException(
                    path, null, $"scale {scale} has no 'body.block{i}.conv.weight' of shape ({width}, {width}, 3, 3).");
            }
        }

        var discriminator = new MdfDiscriminator((int)width, blocks, (int)first.shape[1]);
        try
        {
            NetworkWeights.Copy(path, $"scale {scale}", weights, discriminator);
            return discriminator;
        }
        catch
        {
            discriminator.Dispose();
            throw;
        }
    }

    [GeneratedRegex(@"\A(?:scale\.)?(0|[1-9][0-9]{0,3})\.(.+)\z", RegexOptions.CultureInvariant)]
    private static partial Regex ScaleName();
}
