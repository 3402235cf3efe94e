namespace Mdf.Onnx;

/// <summary>Form of the files that <see cref="OnnxFile"/> writes.</summary>
public sealed record OnnxExportOptions
{
    /// <summary>
    /// Stores the convolutions' weights in float16, which halves the file. Biases, slopes and all computation stay float32: the file
    /// converts the weights when it is loaded. Default: false.
    /// </summary>
    public bool HalfWeights { get; init; }

    /// <summary>
    /// Keeps batch normalisation as operators of its own, for instance to train on. Default: false, which merges it into the convolutions:
    /// smaller and faster.
    /// </summary>
    public bool KeepNormalization { get; init; }

    /// <summary>Licence of the weights, such as "MIT", for the metadata entry <c>licence</c>. Default: null, for no entry.</summary>
    public string? Licence { get; init; }
}
