using System.Globalization;
using Microsoft.ML.OnnxRuntime;

namespace RestoreWithOnnx;

/// <summary>A network of "RestoreImages export", opened by ONNX Runtime.</summary>
internal sealed class OnnxNetwork : IDisposable
{
    private const string Input = "images", Output = "restored", Format = "mdf-onnx", Version = "1", Unlimited = "unlimited";

    private readonly string path;
    private readonly InferenceSession session;

    /// <summary>Opens a network and checks it and its metadata.</summary>
    /// <param name="path">Path of the file.</param>
    /// <param name="provider">One of <see cref="Providers"/>.</param>
    /// <exception cref="FileNotFoundException">The file does not exist.</exception>
    /// <exception cref="InvalidDataException">The file is no such network; the message says why.</exception>
    /// <exception cref="NotSupportedException">The provider cannot be used.</exception>
    public OnnxNetwork(string path, string provider)
    {
        this.path = path;
        if (!File.Exists(path))
        {
            throw new FileNotFoundException($"Could not find file '{path}'.", path);
        }

        session = Open(path, provider);
        try
        {
            string format = Text("format"), version = Text("version");
            if (format != Format || version != Version)
            {
                throw Bad($"its format is '{format}' version '{version}'; only '{Format}' version '{Version}' is supported");
            }

            Scale = Number("scale", least: 1);
            ReceptiveRadius = Text("receptive_radius") == Unlimited ? null : Number("receptive_radius", least: 0);
            Channels = Number("channels", least: 1);
            RequireImages(session.InputMetadata, Input);
            RequireImages(session.OutputMetadata, Output);
            if (Channels is not (1 or 3))
            {
                throw Bad($"it restores images of {Channels} channels; image files have 3, or 1 for grey");
            }
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>Names of what can compute.</summary>
    public static string[] Providers => ["cpu", "cuda", "dml"];

    /// <summary>Number of image channels: 3 for RGB, 1 for grey.</summary>
    public int Channels { get; }

    /// <summary>Factor by which height and width are enlarged.</summary>
    public int Scale { get; }

    /// <summary>Radius of the receptive field in pixels of the input; null if a pixel can depend on the whole picture.</summary>
    public int? ReceptiveRadius { get; }

    /// <summary>Restores a picture at once.</summary>
    public Picture Restore(Picture picture)
    {
        using var input = OrtValue.CreateTensorValueFromMemory(
            picture.Values, [1, picture.Channels, picture.Height, picture.Width]);
        using var options = new RunOptions();
        using IDisposableReadOnlyCollection<OrtValue> results = session.Run(options, [Input], [input], [Output]);
        return new Picture(
            picture.Channels, picture.Height * Scale, picture.Width * Scale, results[0].GetTensorDataAsSpan<float>().ToArray());
    }

    public void Dispose() => session.Dispose();

    private static InferenceSession Open(string path, string provider)
    {
        using var options = new SessionOptions { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
        try
        {
            switch (provider)
            {
                case "cuda":
                    options.AppendExecutionProvider_CUDA();
                    break;
                case "dml":
                    options.AppendExecutionProvider_DML();
                    break;
            }
        }
        catch (Exception e) when (e is OnnxRuntimeException or EntryPointNotFoundException or DllNotFoundException)
        {
            string available = string.Join(", ", OrtEnv.Instance().GetAvailableProviders());
            throw new NotSupportedException(
                $"Provider '{provider}' cannot be used; this build of ONNX Runtime has {available}. "
                + $"Build the sample with -p:MdfOnnxRuntime={provider} on a machine with such a GPU.",
                e);
        }

        try
        {
            return new InferenceSession(path, options);
        }
        catch (OnnxRuntimeException e)
        {
            throw new InvalidDataException($"'{path}' is no network that ONNX Runtime opens: {e.Message}", e);
        }
    }

    private void RequireImages(IReadOnlyDictionary<string, NodeMetadata> values, string name)
    {
        if (!values.TryGetValue(name, out NodeMetadata? value) || value.ElementType != typeof(float) || value.Dimensions.Length != 4)
        {
            throw Bad($"it has no value '{name}' of float32 images, (batch, channels, height, width)");
        }

        if (value.Dimensions[1] != Channels)
        {
            throw Bad($"'{name}' has {value.Dimensions[1]} channels, but its metadata says {Channels}");
        }
    }

    private int Number(string key, int least)
    {
        string text = Text(key);
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= least
            ? number
            : throw Bad($"'{key}' in its metadata is '{text}'; expected a whole number of at least {least}");
    }

    private string Text(string key) => session.ModelMetadata.CustomMetadataMap.TryGetValue(key, out string? text)
        ? text
        : throw Bad($"its metadata has no '{key}'; export the network with 'RestoreImages export'");

    private InvalidDataException Bad(string reason) => new($"'{path}' cannot be used: {reason}.");
}
