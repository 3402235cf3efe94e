using System.Globalization;
using System.Text.RegularExpressions;
using Mdf.Checkpoints;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Mdf.Models.Adversarial;

/// <summary>
/// The discriminators of all scales, coarsest first, as one thing that loads, saves and moves. Loads the authors' published <c>.pth</c>
/// files and our own <c>.ckpt</c> (safetensors); saves the latter, with tensors named <c>scale.0.head.conv.weight</c> and so on.
/// </summary>
public sealed partial class DiscriminatorPyramid : nn.Module
{
    /// <summary>The value of <see cref="FormatKey"/> in the metadata of our checkpoints.</summary>
    public const string Format = "mdf-discriminators";

    /// <summary>The metadata key that names the format of the file.</summary>
    public const string FormatKey = NetworkWeights.FormatKey;

    // What weights may take however small their file is (the published ones take 2.3 MB).
    private const long UnquestionedBytes = 64 << 20;

    [ComponentName(Name = "scale")]
    private readonly ModuleList<MdfDiscriminator> scales;

    /// <summary>Takes discriminators, coarsest first; the pyramid owns them from here on.</summary>
    /// <param name="discriminators">At least one.</param>
    /// <param name="metadata">What to say about them when they are saved (task, seed image, settings); null for nothing.</param>
    /// <exception cref="ArgumentException">There is none, or one of them is null.</exception>
    public DiscriminatorPyramid(IEnumerable<MdfDiscriminator> discriminators, IReadOnlyDictionary<string, string>? metadata = null)
        : base(nameof(DiscriminatorPyramid))
    {
        ArgumentNullException.ThrowIfNull(discriminators);
        MdfDiscriminator[] given = [.. discriminators];
        if (given.Length == 0 || given.Contains(null))
        {
            throw new ArgumentException(
                given.Length == 0 ? "At least one discriminator is needed, got none." : "One of the discriminators is null.", nameof(discriminators));
        }

        scales = new ModuleList<MdfDiscriminator>(given);
        Metadata = metadata ?? new Dictionary<string, string>();
        RegisterComponents();
    }

    /// <summary>The discriminators, coarsest first.</summary>
    public IReadOnlyList<MdfDiscriminator> Scales => [.. scales];

    /// <summary>What the file says about them; empty for the authors' files.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>
    /// Untrained discriminators of the published widths, 32 channels for four scales and then twice as many for each next four, up to
    /// 128, initialised as SinGAN's: convolutions from N(0, 0.02), normalisation weights from N(1, 0.02); biases zero. They are where
    /// training starts from, and a baseline that shows what training adds.
    /// </summary>
    /// <param name="seed">The same seed gives the same weights.</param>
    /// <param name="scaleCount">The number of scales, at least 1.</param>
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

    /// <summary>Loads discriminators from the authors' <c>.pth</c> or our <c>.ckpt</c>, told apart by content.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The pyramid, on the CPU, in evaluation mode.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="UnauthorizedAccessException">The file must not be read, or the path is a folder.</exception>
    /// <exception cref="CheckpointFormatException">The file is damaged, or holds no discriminators or other ones than these.</exception>
    public static DiscriminatorPyramid Load(string path)
    {
        using StateDictionary weights = StateDictionaryReader.Read(path);
        return FromWeights(path, new FileInfo(path).Length, weights);
    }

    /// <summary>Loads discriminators from a stream, such as an embedded resource.</summary>
    /// <param name="stream">A stream that can seek; read from its start, whatever its position, and left open.</param>
    /// <param name="name">The name to use in error messages.</param>
    /// <returns>The pyramid, on the CPU, in evaluation mode.</returns>
    /// <exception cref="ArgumentException">The stream cannot seek.</exception>
    /// <exception cref="CheckpointFormatException">The content is damaged, or holds no discriminators or other ones than these.</exception>
    public static DiscriminatorPyramid Load(Stream stream, string name)
    {
        using StateDictionary weights = StateDictionaryReader.Read(stream, name);
        return FromWeights(name, stream.Length, weights);
    }

    /// <summary>Saves the discriminators as safetensors; the file is complete or not there at all.</summary>
    /// <param name="path">The file, by custom with the extension <c>.ckpt</c>; one that is there is replaced.</param>
    /// <exception cref="IOException">The file cannot be written; its folder does not exist, for instance.</exception>
    /// <exception cref="UnauthorizedAccessException">The file must not be written, or the path is a folder.</exception>
    public void Save(string path) => NetworkWeights.Save(path, this, Format, Metadata);

    /// <summary>32 channels for four scales, then 64 for four, then 128.</summary>
    internal static int PublishedWidth(int scale) => 32 << Math.Min(scale / 4, 2);

    private static DiscriminatorPyramid FromWeights(string path, long length, StateDictionary weights)
    {
        NetworkWeights.CheckFormat(path, weights.Metadata, Format);
        CheckMemory(path, length, weights);

        // Ours begin with "scale.", the authors' with the index alone.
        var byScale = new SortedDictionary<int, Dictionary<string, Tensor>>();
        foreach ((string name, Tensor tensor) in weights)
        {
            Match match = ScaleName().Match(name);
            if (!match.Success)
            {
                throw new CheckpointFormatException(path, null, $"it holds '{name}', where names like 'scale.0.head.conv.weight' or '0.head.conv.weight' are expected.");
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
            throw new CheckpointFormatException(path, null, $"it holds the scales [{string.Join(", ", byScale.Keys)}]; they must be numbered from 0 without a gap.");
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

        var pyramid = new DiscriminatorPyramid(discriminators, weights.Metadata);
        pyramid.eval();
        return pyramid;
    }

    // Views of one storage share its memory in the file, and can ask for far more than that once each is copied.
    private static void CheckMemory(string path, long length, StateDictionary weights)
    {
        double bytes = weights.Values.Sum(t => (double)t.numel() * t.element_size());
        if (bytes > Math.Max(UnquestionedBytes, length))
        {
            throw new CheckpointFormatException(path, null, $"its weights take {bytes:g3} bytes, far more than the file.");
        }
    }

    private static MdfDiscriminator LoadScale(string path, int scale, Dictionary<string, Tensor> weights)
    {
        // The form follows from the shapes of the convolutions; what does not fit it is found below.
        const string First = "head.conv.weight";
        if (!weights.TryGetValue(First, out Tensor? first) || first.ndim != 4 || first.shape[0] is < 1 or > 4096 || first.shape[1] is < 1 or > 64)
        {
            throw new CheckpointFormatException(path, null, $"scale {scale} has no '{First}' of shape [width, channels, 3, 3].");
        }

        long width = first.shape[0];
        int blocks = Enumerable.Range(1, weights.Count).TakeWhile(i => weights.ContainsKey($"body.block{i}.conv.weight")).Count();
        for (int i = 1; i <= Math.Max(blocks, 1); i++)
        {
            if (!weights.TryGetValue($"body.block{i}.conv.weight", out Tensor? block) || !block.shape.SequenceEqual([width, width, 3, 3]))
            {
                throw new CheckpointFormatException(path, null, $"scale {scale} has no 'body.block{i}.conv.weight' of shape [{width}, {width}, 3, 3].");
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
