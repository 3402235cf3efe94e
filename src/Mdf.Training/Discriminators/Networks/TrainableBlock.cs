using Mdf.Models.Simd;
using Mdf.TorchCompatibility;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Mdf.Training.Discriminators.Networks;

/// <summary>
/// A block of convolution, batch normalisation in training mode and LeakyReLU with hand-written gradients: its parameters, their gradients
/// and running statistics. Passes through it are <see cref="VectorBlockPass"/> where the kernels in C# can compute them, and
/// <see cref="TensorBlockPass"/> elsewhere.
/// </summary>
internal sealed class TrainableBlock : IDisposable
{
    /// <summary>Addend of the variance.</summary>
    public const double Epsilon = 1e-5;

    private const double Momentum = 0.1;

    private readonly Parameter scale;
    private readonly Parameter shift;
    private readonly Tensor bias;
    private readonly Tensor runningMean;
    private readonly Tensor runningVariance;
    private readonly Tensor batches;
    private readonly Tensor scaleGradient;
    private readonly Tensor shiftGradient;
    private readonly bool hasKernels;

    /// <summary>Wraps the block of a network whose parameters have the given name as prefix.</summary>
    public TrainableBlock(nn.Module network, string name, ScalarType? precision)
    {
        Parameter weight = network.get_parameter($"{name}.conv.weight")!;
        Parameter ofConvolution = network.get_parameter($"{name}.conv.bias")!;
        hasKernels = precision is null or ScalarType.Float32 && NormalizedMap.Fits(weight);
        Convolution = new TrainableConvolution(weight, ofConvolution, precision ?? weight.dtype, hasKernels);
        bias = ofConvolution.detach().DetachFromDisposeScope();
        scale = network.get_parameter($"{name}.norm.weight")!;
        shift = network.get_parameter($"{name}.norm.bias")!;
        runningMean = network.get_buffer($"{name}.norm.running_mean")!;
        runningVariance = network.get_buffer($"{name}.norm.running_var")!;
        batches = network.get_buffer($"{name}.norm.num_batches_tracked")!;
        scaleGradient = zeros_like(scale).DetachFromDisposeScope();
        shiftGradient = zeros_like(shift).DetachFromDisposeScope();
    }

    public TrainableConvolution Convolution { get; }

    /// <summary>Scale of the normalised values.</summary>
    public Tensor Scale => scale;

    /// <summary>Shift of the normalised values.</summary>
    public Tensor Shift => shift;

    public void Begin()
    {
        using var scope = NewDisposeScope();
        Convolution.Begin();
        scaleGradient.zero_();
        shiftGradient.zero_();
    }

    public void End()
    {
        Convolution.End(withBias: false);
        scale.grad = scaleGradient;
        shift.grad = shiftGradient;
    }

    /// <summary>Runs the forward pass and updates the running statistics.</summary>
    public BlockPass Forward(Tensor input) => hasKernels ? new VectorBlockPass(this, input) : new TensorBlockPass(this, input);

    /// <summary>Adds to the gradient of the scale.</summary>
    public void AddScaleGradient(Tensor gradient) => scaleGradient.Add(gradient);

    /// <summary>Adds to the gradient of the shift.</summary>
    public void AddShiftGradient(Tensor gradient) => shiftGradient.Add(gradient);

    /// <summary>Updates the running statistics.</summary>
    /// <param name="mean">Mean of the convolution's outputs for each channel.</param>
    /// <param name="hasBias">Whether these outputs include the bias.</param>
    /// <param name="variance">Their variance.</param>
    /// <param name="positions">Number of positions.</param>
    public void Track(Tensor mean, bool hasBias, Tensor variance, long positions)
    {
        runningMean.Multiply(1 - Momentum).Add(hasBias ? mean : mean.Plus(bias), Momentum);
        runningVariance.Multiply(1 - Momentum).Add(variance, Momentum * positions / (positions - 1));
        batches.AddWhole(1);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Convolution.Dispose();
        bias.Dispose();
        scaleGradient.Dispose();
        shiftGradient.Dispose();
    }
}
