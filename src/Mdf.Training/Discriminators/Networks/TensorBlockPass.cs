using Mdf.Models.Adversarial;
using Mdf.TorchCompatibility;
using static TorchSharp.torch;

namespace Mdf.Training.Discriminators.Networks;

/// <summary>
/// A pass by libtorch, on any device and in any precision. Matrices have one row per position and one column per channel.
/// </summary>
internal sealed class TensorBlockPass : BlockPass
{
    private readonly TrainableBlock block;
    private readonly Tensor input;

    // The convolution's output, normalised but not yet scaled and shifted, (positions, channels).
    private readonly Tensor normalized;
    private readonly Tensor inverse;

    // Derivative of the activation, (positions, channels).
    private readonly Tensor slope;
    private readonly Tensor output;
    private BlockGradient? first;
    private BlockTangent? tangents;

    /// <summary>Runs the forward pass.</summary>
    public TensorBlockPass(TrainableBlock block, Tensor input)
    {
        using var scope = NewDisposeScope();
        (this.block, this.input) = (block, input);
        Tensor map = block.Convolution.Forward(input);
        Tensor rows = MapMatrix.Rows(map);
        Tensor mean = rows.mean([0]);
        normalized = rows.sub_(mean);
        Tensor variance = normalized.norm(0).Square().Divide(rows.shape[0]);
        block.Track(mean, hasBias: true, variance, rows.shape[0]);
        inverse = variance.Plus(TrainableBlock.Epsilon).rsqrt_().MoveToOuterDisposeScope();
        normalized.mul_(inverse).MoveToOuterDisposeScope();
        Tensor active = block.Shift.PlusProduct(normalized, block.Scale);
        slope = active.Times(active.dtype == ScalarType.Float64 ? 1e300 : 1e38).Clamp(MdfDiscriminator.NegativeSlope, 1)
            .MoveToOuterDisposeScope();
        output = Map(active.mul_(slope), map).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override Tensor Output => output;

    /// <inheritdoc/>
    public override Tensor? Backward(Tensor gradient, bool wantsWeights, bool wantsInput)
    {
        using var scope = NewDisposeScope();
        Tensor rows = MapMatrix.Rows(gradient).mul_(slope);
        (Tensor sum, Tensor sumOfProducts) = Sums(rows);
        if (wantsWeights)
        {
            block.AddShiftGradient(sum);
            block.AddScaleGradient(sumOfProducts);
        }

        Derive(rows, sum, sumOfProducts);
        if (wantsWeights)
        {
            block.Convolution.AddWeightGradient(input, gradient);
        }

        return wantsInput ? block.Convolution.Backward(gradient).MoveToOuterDisposeScope() : null;
    }

    /// <inheritdoc/>
    public override Tensor BackwardKeeping(Tensor gradient)
    {
        using var scope = NewDisposeScope();
        Tensor activated = MapMatrix.Rows(gradient) * slope;
        Tensor convolved = activated.clone();
        (Tensor sum, Tensor sumOfProducts) = Sums(activated);
        Derive(convolved, sum, sumOfProducts);
        Tensor map = Map(convolved, gradient);
        first = new BlockGradient(
            activated.MoveToOuterDisposeScope(),
            map.MoveToOuterDisposeScope(),
            sumOfProducts.Over(activated.shape[0]).MoveToOuterDisposeScope());
        return block.Convolution.Backward(map).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override Tensor Tangent(Tensor tangent)
    {
        using var scope = NewDisposeScope();
        Tensor map = block.Convolution.ForwardLinear(tangent);
        Tensor convolved = MapMatrix.Rows(map);
        Tensor derived = convolved.clone();
        (Tensor sum, Tensor sumOfProducts) = Sums(convolved);
        Derive(derived, sum, sumOfProducts);
        long positions = convolved.shape[0];
        tangents = new BlockTangent(
            tangent,
            convolved.MoveToOuterDisposeScope(),
            derived.MoveToOuterDisposeScope(),
            sum.Over(positions).MoveToOuterDisposeScope(),
            sumOfProducts.Over(positions).MoveToOuterDisposeScope());
        return Map(derived * slope, map).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override Tensor? BackwardOfTangent(Tensor? gradient, bool wantsInput)
    {
        using var scope = NewDisposeScope();
        (BlockGradient score, BlockTangent along) = (first!, tangents!);
        long positions = normalized.shape[0];
        Tensor rows;
        if (gradient is null)
        {
            rows = zeros_like(normalized);
        }
        else
        {
            rows = MapMatrix.Rows(gradient).mul_(slope);
            (Tensor sum, Tensor sumOfProducts) = Sums(rows);
            block.AddShiftGradient(sum);
            block.AddScaleGradient(sumOfProducts);
            Derive(rows, sum, sumOfProducts);
        }

        Tensor product = (score.Activated * along.Convolved).mean([0]);
        Tensor a = product - (score.Activated.mean([0]) * along.Mean) - (score.MeanProduct * along.MeanProduct);
        block.AddScaleGradient((a * inverse).Times(positions));
        rows.AddProduct(normalized, -(block.Scale * inverse * inverse * a), 1);
        rows.AddProduct(MapMatrix.Rows(score.Convolved), -(inverse * along.MeanProduct), 1);
        rows.AddProduct(along.Normalized, -(inverse * score.MeanProduct), 1);
        Tensor map = Map(rows, score.Convolved);
        block.Convolution.AddWeightGradient(along.Input, score.Convolved);
        block.Convolution.AddWeightGradient(input, map);
        return wantsInput ? block.Convolution.Backward(map).MoveToOuterDisposeScope() : null;
    }

    private static Tensor Map(Tensor rows, Tensor like) => rows.view(like.shape[0], like.shape[2], like.shape[3], -1).permute(0, 3, 1, 2);

    private (Tensor Sum, Tensor SumOfProducts) Sums(Tensor rows) => (rows.sum([0]), (rows * normalized).sum([0]));

    // Multiplies by the Jacobian J of the batch normalisation, in place.
    private void Derive(Tensor rows, Tensor sum, Tensor sumOfProducts)
    {
        using var scope = NewDisposeScope();
        Tensor factor = block.Scale.detach() * inverse, ofMean = factor.Over(-rows.shape[0]);
        rows.mul_(factor).AddProduct(normalized, ofMean * sumOfProducts, 1).Add(ofMean * sum);
    }
}
