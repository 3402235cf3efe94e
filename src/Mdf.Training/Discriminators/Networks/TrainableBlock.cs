using Mdf.Models.Adversarial;
using Mdf.TorchCompatibility;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Mdf.Training.Discriminators.Networks;

/// <summary>
/// A block of convolution, batch normalisation in training mode and LeakyReLU with hand-written gradients, including the second-order
/// gradients of the gradient penalty. Matrices have one row per position and one column per channel.
/// </summary>
/// <remarks>
/// Let x be the normalised values, r the inverse deviation, g the scale and m the mean over positions. The Jacobian J of the batch
/// normalisation maps a tangent v of its input to J v = g r (v - m(v) - x m(x v)). J is symmetric, so it maps gradients from output to
/// input in the same way. Batch normalisation subtracts the mean and so cancels the convolution's bias, whose gradient is therefore zero.
/// </remarks>
internal sealed class TrainableBlock : IDisposable
{
    private const double Epsilon = 1e-5;
    private const double Momentum = 0.1;

    private readonly TrainableConvolution convolution;
    private readonly Parameter scale;
    private readonly Parameter shift;
    private readonly Tensor runningMean;
    private readonly Tensor runningVariance;
    private readonly Tensor batches;
    private readonly Tensor scaleGradient;
    private readonly Tensor shiftGradient;

    /// <summary>Wraps the block of a network whose parameters have the given name as prefix.</summary>
    public TrainableBlock(nn.Module network, string name, ScalarType? precision)
    {
        Parameter weight = network.get_parameter($"{name}.conv.weight")!;
        convolution = new TrainableConvolution(weight, network.get_parameter($"{name}.conv.bias")!, precision ?? weight.dtype);
        scale = network.get_parameter($"{name}.norm.weight")!;
        shift = network.get_parameter($"{name}.norm.bias")!;
        runningMean = network.get_buffer($"{name}.norm.running_mean")!;
        runningVariance = network.get_buffer($"{name}.norm.running_var")!;
        batches = network.get_buffer($"{name}.norm.num_batches_tracked")!;
        scaleGradient = zeros_like(scale).DetachFromDisposeScope();
        shiftGradient = zeros_like(shift).DetachFromDisposeScope();
    }

    public void Begin()
    {
        using var scope = NewDisposeScope();
        convolution.Begin();
        scaleGradient.zero_();
        shiftGradient.zero_();
    }

    public void End()
    {
        convolution.End(withBias: false);
        scale.grad = scaleGradient;
        shift.grad = shiftGradient;
    }

    /// <summary>Runs the forward pass and updates the running statistics.</summary>
    public BlockRecord Forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        Tensor map = convolution.Forward(input);
        Tensor rows = MapMatrix.Rows(map);
        Tensor mean = rows.mean([0]);
        Tensor normalized = rows.sub_(mean);
        Tensor variance = normalized.norm(0).Square().Divide(rows.shape[0]);
        Track(mean, variance, rows.shape[0]);
        Tensor inverse = variance.Plus(Epsilon).rsqrt_();
        normalized.mul_(inverse);
        Tensor output = shift.PlusProduct(normalized, scale);
        Tensor slope = output.Times(output.dtype == ScalarType.Float64 ? 1e300 : 1e38).Clamp(MdfDiscriminator.NegativeSlope, 1);
        output.mul_(slope);
        return new BlockRecord(
            input,
            normalized.MoveToOuterDisposeScope(),
            inverse.MoveToOuterDisposeScope(),
            slope.MoveToOuterDisposeScope(),
            Map(output, map).MoveToOuterDisposeScope());
    }

    /// <summary>Runs the backward pass and, if wanted, adds to the gradients of the parameters.</summary>
    /// <param name="record">Record of the forward pass.</param>
    /// <param name="gradient">Gradient with respect to the output; overwritten.</param>
    /// <param name="wantsWeights">Whether to add to the parameters' gradients.</param>
    /// <param name="wantsInput">Whether to compute the gradient with respect to the input.</param>
    /// <returns>The gradient with respect to the input; null if not wanted.</returns>
    public Tensor? Backward(BlockRecord record, Tensor gradient, bool wantsWeights, bool wantsInput)
    {
        using var scope = NewDisposeScope();
        Tensor rows = MapMatrix.Rows(gradient).mul_(record.Slope);
        (Tensor sum, Tensor sumOfProducts) = Sums(rows, record.Normalized);
        if (wantsWeights)
        {
            shiftGradient.Add(sum);
            scaleGradient.Add(sumOfProducts);
        }

        Derive(rows, record, sum, sumOfProducts);
        if (wantsWeights)
        {
            convolution.AddWeightGradient(record.Input, gradient);
        }

        return wantsInput ? convolution.Backward(gradient).MoveToOuterDisposeScope() : null;
    }

    /// <summary>Runs the backward pass to the input without parameter gradients and keeps the values for the second order.</summary>
    /// <returns>The gradient with respect to the input, and the gradients within the block.</returns>
    public (Tensor Input, BlockGradient Kept) BackwardKeeping(BlockRecord record, Tensor gradient)
    {
        using var scope = NewDisposeScope();
        Tensor activated = MapMatrix.Rows(gradient) * record.Slope;
        Tensor convolved = activated.clone();
        (Tensor sum, Tensor sumOfProducts) = Sums(activated, record.Normalized);
        Derive(convolved, record, sum, sumOfProducts);
        Tensor map = Map(convolved, gradient);
        return (
            convolution.Backward(map).MoveToOuterDisposeScope(),
            new BlockGradient(
                activated.MoveToOuterDisposeScope(),
                map.MoveToOuterDisposeScope(),
                sumOfProducts.Over(activated.shape[0]).MoveToOuterDisposeScope()));
    }

    /// <summary>Computes the tangents of the block's values for a tangent of its input (forward-mode differentiation).</summary>
    /// <param name="record">Record of the forward pass.</param>
    /// <param name="tangent">Tangent of the input.</param>
    public BlockTangent Tangent(BlockRecord record, Tensor tangent)
    {
        using var scope = NewDisposeScope();
        Tensor map = convolution.ForwardLinear(tangent);
        Tensor convolved = MapMatrix.Rows(map);
        Tensor normalized = convolved.clone();
        (Tensor sum, Tensor sumOfProducts) = Sums(convolved, record.Normalized);
        Derive(normalized, record, sum, sumOfProducts);
        long positions = convolved.shape[0];
        return new BlockTangent(
            tangent,
            convolved.MoveToOuterDisposeScope(),
            normalized.MoveToOuterDisposeScope(),
            sum.Over(positions).MoveToOuterDisposeScope(),
            sumOfProducts.Over(positions).MoveToOuterDisposeScope(),
            Map(normalized * record.Slope, map).MoveToOuterDisposeScope());
    }

    /// <summary>
    /// Runs the backward pass of a directional derivative T of the score and adds the gradients of T to the parameters' gradients.
    /// </summary>
    /// <param name="record">Record of the forward pass.</param>
    /// <param name="first">Gradients of the score.</param>
    /// <param name="tangent">Tangents along the direction.</param>
    /// <param name="gradient">Gradient of T with respect to the block's output, overwritten; null for the last block.</param>
    /// <param name="wantsInput">Whether to compute the gradient of T with respect to the input.</param>
    /// <returns>The gradient of T with respect to the input; null if not wanted.</returns>
    public Tensor? BackwardOfTangent(BlockRecord record, BlockGradient first, BlockTangent tangent, Tensor? gradient, bool wantsInput)
    {
        using var scope = NewDisposeScope();
        Tensor x = record.Normalized, r = record.InverseDeviation;
        long positions = x.shape[0];
        Tensor rows;
        if (gradient is null)
        {
            rows = zeros_like(x);
        }
        else
        {
            rows = MapMatrix.Rows(gradient).mul_(record.Slope);
            (Tensor sum, Tensor sumOfProducts) = Sums(rows, x);
            shiftGradient.Add(sum);
            scaleGradient.Add(sumOfProducts);
            Derive(rows, record, sum, sumOfProducts);
        }

        // At the convolution's output, T = n g r a with n positions and a = m(f v) - m(f) m(v) - m(x f) m(x v), where f is first.Activated
        // and v is tangent.Convolved.
        Tensor product = (first.Activated * tangent.Convolved).mean([0]);
        Tensor a = product - (first.Activated.mean([0]) * tangent.Mean) - (first.MeanProduct * tangent.MeanProduct);
        scaleGradient.Add((a * r).Times(positions));
        rows.AddProduct(x, -(scale * r * r * a), 1);
        rows.AddProduct(MapMatrix.Rows(first.Convolved), -(r * tangent.MeanProduct), 1);
        rows.AddProduct(tangent.Normalized, -(r * first.MeanProduct), 1);
        Tensor map = Map(rows, first.Convolved);
        convolution.AddWeightGradient(tangent.Input, first.Convolved);
        convolution.AddWeightGradient(record.Input, map);
        return wantsInput ? convolution.Backward(map).MoveToOuterDisposeScope() : null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        convolution.Dispose();
        scaleGradient.Dispose();
        shiftGradient.Dispose();
    }

    private static (Tensor Sum, Tensor SumOfProducts) Sums(Tensor rows, Tensor normalized) => (rows.sum([0]), (rows * normalized).sum([0]));

    private static Tensor Map(Tensor rows, Tensor like) => rows.view(like.shape[0], like.shape[2], like.shape[3], -1).permute(0, 3, 1, 2);

    // Multiplies by the Jacobian J of the batch normalisation, in place.
    private void Derive(Tensor rows, BlockRecord record, Tensor sum, Tensor sumOfProducts)
    {
        using var scope = NewDisposeScope();
        Tensor factor = scale.detach() * record.InverseDeviation, ofMean = factor.Over(-rows.shape[0]);
        rows.mul_(factor).AddProduct(record.Normalized, ofMean * sumOfProducts, 1).Add(ofMean * sum);
    }

    private void Track(Tensor mean, Tensor variance, long positions)
    {
        runningMean.Multiply(1 - Momentum).Add(mean, Momentum);
        runningVariance.Multiply(1 - Momentum).Add(variance, Momentum * positions / (positions - 1));
        batches.AddWhole(1);
    }
}
