using Mdf.Models.Layered;
using Mdf.TorchCompatibility;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Mdf.Models.Perceptual;

/// <summary>
/// A convolution with a square kernel that gives exactly equal values for equal windows, wherever they lie, so that max pooling picks the
/// first of several equal values. libtorch's float64 convolution on the CPU does not: its matrix product rounds differently at block edges.
/// In flat image regions a different choice of maximum changes the gradient by several percent.
/// </summary>
internal sealed class FeatureConvolution : Module<Tensor, Tensor>, ILayered
{
    // A multiple of the number of columns that matrix product kernels process at a time.
    private const long BlockColumns = 48;

    private readonly Parameter weight;
    private readonly Parameter bias;
    private readonly long kernel, stride, padding;

    public FeatureConvolution(long inputs, long outputs, long kernel, long stride = 1, long padding = 0)
        : base(nameof(FeatureConvolution))
    {
        (this.kernel, this.stride, this.padding) = (kernel, stride, padding);
        using var scope = NewDisposeScope();
        using var mode = InferenceMode.Leave();
        double bound = 1 / Math.Sqrt(inputs * kernel * kernel);
        weight = new Parameter(init.kaiming_uniform_(Empty(outputs, inputs, kernel, kernel), Math.Sqrt(5)));
        bias = new Parameter(init.uniform_(Empty(outputs), -bound, bound));
        scope.Detach(weight, bias);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input) => input.dtype == ScalarType.Float64 && input.device_type == DeviceType.CPU
        ? MatrixProduct(input)
        : functional.conv2d(input, weight, bias, strides: [stride, stride], padding: [padding, padding]);

    private Tensor MatrixProduct(Tensor input)
    {
        using var scope = NewDisposeScope();
        long height = Side(input.shape[2]), width = Side(input.shape[3]), positions = height * width;
        Tensor windows = functional.unfold(input, (kernel, kernel), padding: (padding, padding), stride: (stride, stride));
        Tensor whole = functional.pad(windows, [0, (BlockColumns - (positions % BlockColumns)) % BlockColumns]);
        Tensor product = matmul(weight.flatten(1), whole).narrow(2, 0, positions).Plus(bias.reshape(-1, 1));
        return product.reshape(input.shape[0], weight.shape[0], height, width).MoveToOuterDisposeScope();
    }

    int ILayered.Describe(LayerGraphBuilder layers, int input) => stride == 1
        ? layers.Add(new ConvolutionStep(input, weight, bias, (int)padding))
        : throw new NotSupportedException($"A convolution with stride {stride} has no description as a step.");

    private static Tensor Empty(params long[] shape) => empty(shape, ScalarType.Float32, CPU);

    private long Side(long side) => ((side + (2 * padding) - kernel) / stride) + 1;
}
