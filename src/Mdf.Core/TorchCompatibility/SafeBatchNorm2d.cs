using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Mdf.TorchCompatibility;

/// <summary>Batch normalisation that garbage collection on other threads cannot disturb, with the names of PyTorch's weights.</summary>
/// <remarks>
/// TorchSharp's <c>BatchNorm2d</c> counts its batches by a number that it does not keep alive (see <c>docs/workarounds.md</c>). A
/// collection that another thread triggers meanwhile can free the number; the training step then fails.
/// </remarks>
public sealed class SafeBatchNorm2d : Module<Tensor, Tensor>
{
    private const string RunningMean = "running_mean";
    private const string RunningVariance = "running_var";
    private const string BatchCount = "num_batches_tracked";

    private readonly double momentum;

    /// <summary>Creates a layer in float32 on the CPU, with weights 1 and biases 0.</summary>
    /// <param name="features">Number of channels; at least 1.</param>
    /// <param name="epsilon">Number added to the variance; above 0. Default: 1e-5.</param>
    /// <param name="momentum">Share of a batch in the running statistics, 0 to 1. Default: 0.1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public SafeBatchNorm2d(int features, double epsilon = 1e-5, double momentum = 0.1)
        : base(nameof(SafeBatchNorm2d))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(features, 1);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(epsilon);
        ArgumentOutOfRangeException.ThrowIfNegative(momentum);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(momentum, 1);
        using var mode = InferenceMode.Leave();
        Epsilon = epsilon;
        this.momentum = momentum;
        register_parameter("weight", new Parameter(ones(features, ScalarType.Float32, CPU).DetachFromDisposeScope()));
        register_parameter("bias", new Parameter(zeros(features, ScalarType.Float32, CPU).DetachFromDisposeScope()));
        register_buffer(RunningMean, zeros(features, ScalarType.Float32, CPU).DetachFromDisposeScope());
        register_buffer(RunningVariance, ones(features, ScalarType.Float32, CPU).DetachFromDisposeScope());
        register_buffer(BatchCount, zeros([], ScalarType.Int64, CPU).DetachFromDisposeScope());
    }

    /// <summary>Number added to the variance.</summary>
    public double Epsilon { get; }

    /// <summary>Factors of the normalised channels.</summary>
    public Parameter Weight => get_parameter("weight")!;

    /// <summary>Terms added to the normalised channels.</summary>
    public Parameter Bias => get_parameter("bias")!;

    /// <summary>Running means of the channels, for evaluation.</summary>
    public Tensor Mean => get_buffer(RunningMean)!;

    /// <summary>Running variances of the channels, for evaluation.</summary>
    public Tensor Variance => get_buffer(RunningVariance)!;

    /// <summary>Normalises maps by their own statistics while training, by the running ones in evaluation mode.</summary>
    /// <param name="input">Maps, (N, channels, H, W).</param>
    /// <returns>The normalised maps, of the same shape.</returns>
    public override Tensor forward(Tensor input)
    {
        if (training)
        {
            using var noGradient = no_grad();
            get_buffer(BatchCount)!.AddWhole(1);
        }

        return functional.batch_norm(input, Mean, Variance, Weight, Bias, training, momentum, Epsilon);
    }
}
