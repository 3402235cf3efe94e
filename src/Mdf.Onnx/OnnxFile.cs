using System.Globalization;
using Mdf.IO;
using Mdf.Models;
using Mdf.Models.Layered;
using Mdf.Models.Restoration;
using Mdf.Onnx.Protobuf;
using static TorchSharp.torch;

namespace Mdf.Onnx;

/// <summary>Writes restoration networks as ONNX files (opset 17), which ONNX Runtime runs without libtorch.</summary>
/// <remarks>
/// <para>
/// The input <c>images</c>, (batch, channels, height, width), and the output <c>restored</c>, (batch, channels, height * scale, width *
/// scale), are float32 with values in [0, 1]; batch, height and width are free. As with the network itself, results are not clipped.
/// </para>
/// <para>
/// The metadata holds all entries of <see cref="RestorationNetwork.Metadata"/> and <c>format</c> (mdf-onnx), <c>version</c> (1),
/// <c>library</c>, <c>name</c> (the network's class), <c>network</c> (its options as JSON, as in checkpoints), <c>channels</c>,
/// <c>scale</c>, <c>receptive_radius</c> (in pixels of the input), <c>weights</c> (float32 or float16) and, if given, <c>licence</c>.
/// </para>
/// </remarks>
public static class OnnxFile
{
    /// <summary>Value of the metadata entry <c>format</c>.</summary>
    internal const string Format = "mdf-onnx";

    /// <summary>Writes a network in evaluation mode, whatever its current mode. The file is replaced atomically.</summary>
    /// <param name="path">Path of the file, usually with the extension <c>.onnx</c>; an existing file is replaced.</param>
    /// <param name="network">The network, of any floating-point type, on any device. It is unchanged.</param>
    /// <param name="options">Precision of the weights, batch normalisation and licence; null for the defaults.</param>
    /// <exception cref="ArgumentException">
    /// The path is empty, or weights are NaN, infinite or beyond the range of the type they are stored in; the message names the first.
    /// </exception>
    /// <exception cref="NotSupportedException">
    /// A layer of a <see cref="CustomNetwork"/> has no description as an ONNX operation; the message names it. Or the weights take more
    /// than the 2 GiB that an ONNX file holds.
    /// </exception>
    /// <exception cref="IOException">The file cannot be written, for instance because its folder does not exist.</exception>
    /// <exception cref="UnauthorizedAccessException">The process has no permission to write the file, or the path is a folder.</exception>
    public static void Write(string path, RestorationNetwork network, OnnxExportOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(network);
        options ??= new OnnxExportOptions();
        using var scope = NewDisposeScope();
        LayerGraph description = network.Describe();
        LayerGraph graph = options.KeepNormalization ? description : description.Folded();
        ProtoMessage message = new GraphWriter(options.HalfWeights, nameof(network))
            .Write(network.GetName(), graph, network.Channels, network.Scale);
        ProtoMessage model = OnnxMessages.Model(message, NetworkWeights.LibraryVersion(), Metadata(network, options));
        AtomicFile.Write(path, model.WriteTo);
    }

    private static Dictionary<string, string> Metadata(RestorationNetwork network, OnnxExportOptions options)
    {
        var metadata = new Dictionary<string, string>(network.Metadata)
        {
            [NetworkWeights.FormatKey] = Format,
            [NetworkWeights.VersionKey] = NetworkWeights.Version,
            [NetworkWeights.LibraryKey] = NetworkWeights.LibraryVersion(),
            ["name"] = network.GetName(),
            [RestorationNetwork.OptionsKey] = network.OptionsText(),
            ["channels"] = Text(network.Channels),
            ["scale"] = Text(network.Scale),
            ["receptive_radius"] = network.ReceptiveRadius is { } radius ? Text(radius) : "unlimited",
            ["weights"] = options.HalfWeights ? "float16" : "float32",
        };
        if (options.Licence is { } licence)
        {
            metadata["licence"] = licence;
        }

        return metadata;

        static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
    }
}
