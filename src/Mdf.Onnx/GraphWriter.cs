using Mdf.Models.Layered;
using Mdf.Onnx.Protobuf;
using static Mdf.Onnx.Protobuf.OnnxMessages;
using static TorchSharp.torch;

namespace Mdf.Onnx;

/// <summary>Writes a network's steps as the nodes and initialisers of an ONNX graph.</summary>
/// <param name="halfWeights">Whether the convolutions' weights are stored in float16.</param>
/// <param name="argument">The argument that holds the network, for messages.</param>
internal sealed class GraphWriter(bool halfWeights, string argument)
{
    /// <summary>Name of the graph's input.</summary>
    public const string Input = "images";

    /// <summary>Name of the graph's output.</summary>
    public const string Output = "restored";

    // The limit of protocol buffers, less what names and metadata may take.
    private const long MaximumBytes = int.MaxValue - (1L << 24);

    private readonly List<ProtoMessage> nodes = [];
    private readonly List<ProtoMessage> initializers = [];
    private readonly List<string> values = [Input];

    /// <summary>Returns the GraphProto.</summary>
    /// <param name="name">Name of the graph.</param>
    /// <param name="graph">The network's description.</param>
    /// <param name="channels">Number of image channels.</param>
    /// <param name="scale">Factor by which the network enlarges images.</param>
    /// <exception cref="NotSupportedException">The weights take more than an ONNX file holds.</exception>
    /// <exception cref="ArgumentException">Weights are not finite in the type they are stored in.</exception>
    public ProtoMessage Write(string name, LayerGraph graph, int channels, int scale)
    {
        RequireSize(graph);
        foreach ((int index, LayerStep step) in graph.Steps.Index())
        {
            Write(step, index == graph.Steps.Count - 1 ? Output : $"step{index + 1}");
        }

        var message = new ProtoMessage();
        nodes.ForEach(node => message.Add(1, node));
        message.Add(2, name);
        initializers.ForEach(tensor => message.Add(5, tensor));
        string larger = scale == 1 ? "" : "restored_";
        return message
            .Add(11, Images(Input, channels, "height", "width"))
            .Add(12, Images(Output, channels, $"{larger}height", $"{larger}width"));
    }

    private void Write(LayerStep step, string name)
    {
        string x = values[step.Input];
        nodes.Add(step switch
        {
            ConvolutionStep s => Convolution(s, x, name),
            NormalizationStep s => Normalization(s, x, name),
            ReluStep => Node("Relu", [x], name),
            LeakyReluStep s => Node("LeakyRelu", [x], name, Attribute("alpha", (float)s.Slope)),
            PReluStep s => Node("PRelu", [x, Store(name, "slope", s.Weight.reshape(-1, 1, 1))], name),
            AddStep s => Node(s.Factor == -1 ? "Sub" : "Add", [x, Multiplied(values[s.Other], s.Factor, name)], name),
            ScaleStep s => Node("Mul", [x, Constant(name, "factor", s.Factor)], name),
            PixelShuffleStep s => Node("DepthToSpace", [x], name, Attribute("blocksize", s.Step), Attribute("mode", "CRD")),
            BilinearUpscaleStep s => Node(
                "Resize",
                [x, "", Constant(name, "scales", 1, 1, s.Scale, s.Scale)],
                name,
                Attribute("mode", "linear"),
                Attribute("coordinate_transformation_mode", "half_pixel")),
            _ => throw new NotSupportedException($"There is no ONNX form of the step {step.GetType().Name}."),
        });
        values.Add(name);
    }

    private ProtoMessage Convolution(ConvolutionStep step, string x, string name)
    {
        string weight = Store(name, "weight", step.Weight);
        string[] inputs = step.Bias is { } bias ? [x, weight, Store(name, "bias", bias)] : [x, weight];
        long p = step.Padding;
        return Node("Conv", inputs, name, Attribute("kernel_shape", step.Weight.shape[2..]), Attribute("pads", [p, p, p, p]));
    }

    private ProtoMessage Normalization(NormalizationStep step, string x, string name)
    {
        string weight = Store(name, "weight", step.Weight), bias = Store(name, "bias", step.Bias);
        string mean = Store(name, "mean", step.Mean), variance = Store(name, "variance", step.Variance);
        return Node("BatchNormalization", [x, weight, bias, mean, variance], name, Attribute("epsilon", (float)step.Epsilon));
    }

    private string Multiplied(string value, double factor, string name)
    {
        if (factor is 1 or -1)
        {
            return value;
        }

        nodes.Add(Node("Mul", [value, Constant(name, "factor", factor)], $"{name}.scaled"));
        return $"{name}.scaled";
    }

    // One number is stored without a dimension, several as a vector.
    private string Constant(string step, string part, params double[] numbers)
    {
        using var scope = NewDisposeScope();
        Tensor stored = tensor(numbers.Select(n => (float)n).ToArray());
        return Store(step, part, numbers.Length == 1 ? stored.reshape([]) : stored);
    }

    private string Store(string step, string part, Tensor tensor)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        string name = $"{step}.{part}";
        bool isHalf = halfWeights && tensor.dim() == 4;
        Tensor stored = tensor.detach().cpu().to(isHalf ? ScalarType.Float16 : ScalarType.Float32).contiguous();
        if (!stored.isfinite().all().item<bool>())
        {
            throw new ArgumentException(
                $"The network's '{name}' holds NaN, infinite values or values beyond the range of "
                + (isHalf ? $"float16, 65504; export without {nameof(OnnxExportOptions.HalfWeights)}." : "float32."),
                argument);
        }

        string storedName = isHalf ? $"{name}.half" : name;
        initializers.Add(OnnxMessages.Tensor(
            storedName, isHalf ? ElementType.Float16 : ElementType.Float32, stored.shape, stored.bytes.ToArray()));
        if (isHalf)
        {
            nodes.Add(Node("Cast", [storedName], name, Attribute("to", (long)ElementType.Float32)));
        }

        return name;
    }

    private void RequireSize(LayerGraph graph)
    {
        long bytes = graph.Steps.OfType<ConvolutionStep>().Sum(s => s.Weight.numel()) * (halfWeights ? 2 : 4);
        if (bytes > MaximumBytes)
        {
            throw new NotSupportedException(
                $"The convolutions' weights take {bytes} bytes; an ONNX file holds at most {MaximumBytes}."
                + (halfWeights ? "" : $" {nameof(OnnxExportOptions.HalfWeights)} halves the size."));
        }
    }
}
