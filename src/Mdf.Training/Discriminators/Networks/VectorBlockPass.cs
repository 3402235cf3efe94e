using Mdf.Models.Adversarial;
using Mdf.Models.Simd;
using Mdf.TorchCompatibility;
using static TorchSharp.torch;

namespace Mdf.Training.Discriminators.Networks;

/// <summary>
/// A pass in float32 on the CPU by kernels in C#. They go through the maps a few times, and compute the normalised values and the
/// activation's derivative anew each time.
/// </summary>
internal sealed class VectorBlockPass : BlockPass
{
    private readonly TrainableBlock block;
    private readonly Tensor input;
    private readonly Tensor output;
    private readonly NormalizedMap map;
    private readonly double[] scale;

    // Scale times inverse deviation.
    private readonly double[] factor;

    // Gradients of the score with respect to the block's output and to the convolution's, with the means over positions of the gradient at
    // the activation's input and of this times the normalised values.
    private (Tensor Output, Tensor Convolved, double[] Mean, double[] MeanProduct)? first;

    // Tangents of the block's input and of the convolution's output, with the sums over positions of the latter, of this times the
    // normalised values and of this times the score's gradient at the activation's input.
    private (Tensor Input, Tensor Convolved, double[] Sum, double[] Products, double[] Gradients)? tangents;

    /// <summary>Runs the forward pass.</summary>
    public VectorBlockPass(TrainableBlock block, Tensor input)
    {
        using var scope = NewDisposeScope();
        (this.block, this.input) = (block, input);
        scale = Doubles(block.Scale);
        Tensor convolved = block.Convolution.ForwardLinear(input).MoveToOuterDisposeScope();
        map = new NormalizedMap(convolved, scale, Doubles(block.Shift), TrainableBlock.Epsilon, MdfDiscriminator.NegativeSlope);
        block.Track(Singles(map.Mean), hasBias: false, Singles(map.Variance), map.Positions);
        factor = Each(c => scale[c] * map.InverseDeviation[c]);
        output = map.Activated().MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override Tensor Output => output;

    /// <inheritdoc/>
    public override Tensor? Backward(Tensor gradient, bool wantsWeights, bool wantsInput)
    {
        using var scope = NewDisposeScope();
        Tensor given = gradient.WithChannelsLast();
        (double[] sum, double[] products) = map.SumsOf(given);
        if (wantsWeights)
        {
            AddGradients(sum, products);
        }

        Tensor convolved = map.Gradient(given, factor, OfMean(products), OfMean(sum), overwrites: true);
        if (wantsWeights)
        {
            block.Convolution.AddWeightGradient(input, convolved);
        }

        return wantsInput ? block.Convolution.Backward(convolved).MoveToOuterDisposeScope() : null;
    }

    /// <inheritdoc/>
    public override Tensor BackwardKeeping(Tensor gradient)
    {
        using var scope = NewDisposeScope();
        Tensor given = gradient.WithChannelsLast().MoveToOuterDisposeScope();
        (double[] sum, double[] products) = map.SumsOf(given);
        Tensor convolved = map.Gradient(given, factor, OfMean(products), OfMean(sum), overwrites: false);
        first = (given, convolved.MoveToOuterDisposeScope(), Mean(sum), Mean(products));
        return block.Convolution.Backward(convolved).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override Tensor Tangent(Tensor tangent)
    {
        using var scope = NewDisposeScope();
        Tensor convolved = block.Convolution.ForwardLinear(tangent).MoveToOuterDisposeScope();
        (double[] sum, double[] products, double[] gradients) = map.SumsOf(convolved, first!.Value.Output);
        tangents = (tangent, convolved, sum, products, gradients);
        return map.Tangent(convolved, factor, OfMean(products), OfMean(sum)).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override Tensor? BackwardOfTangent(Tensor? gradient, bool wantsInput)
    {
        using var scope = NewDisposeScope();
        (Tensor ofOutput, Tensor ofConvolved, double[] mean, double[] meanProduct) = first!.Value;
        (Tensor ofInput, Tensor tangent, double[] sumAlong, double[] productsAlong, double[] gradients) = tangents!.Value;
        (double[] along, double[] productAlong) = (Mean(sumAlong), Mean(productsAlong));
        double[] r = map.InverseDeviation, meanOfProducts = Mean(gradients);
        double[] a = Each(c => meanOfProducts[c] - (mean[c] * along[c]) - (meanProduct[c] * productAlong[c]));
        block.AddScaleGradient(Singles(Each(c => a[c] * r[c] * map.Positions)));
        Tensor? given = gradient?.WithChannelsLast();
        (double[] sum, double[] products) = (new double[scale.Length], new double[scale.Length]);
        if (given is not null)
        {
            (sum, products) = map.SumsOf(given);
            AddGradients(sum, products);
        }

        // T's gradient is J of the gradient given, and -r times: the score's gradient times the tangent's mean product, the normalised
        // tangent times the gradient's mean product, and x g r a. Each of them is written as a sum of maps.
        (double[] ofMean, double[] ofMeanProduct) = (OfMean(sum), OfMean(products));
        double[] ofFirst = Each(c => -r[c] * factor[c] * productAlong[c]), ofTangent = Each(c => -r[c] * factor[c] * meanProduct[c]);
        Tensor convolved = map.SecondGradient(given, ofOutput, tangent, (
            factor,
            ofFirst,
            ofTangent,
            Each(c => ofMeanProduct[c] - (factor[c] * r[c] * a[c])
                - (ofFirst[c] * meanProduct[c]) - (ofTangent[c] * productAlong[c])),
            Each(c => ofMean[c] - (ofFirst[c] * mean[c]) - (ofTangent[c] * along[c]))));
        block.Convolution.AddWeightGradient(ofInput, ofConvolved);
        block.Convolution.AddWeightGradient(input, convolved);
        return wantsInput ? block.Convolution.Backward(convolved).MoveToOuterDisposeScope() : null;
    }

    private static double[] Doubles(Tensor values) => [.. values.data<float>().Select(v => (double)v)];

    private static Tensor Singles(double[] values) => tensor(values, ScalarType.Float32);

    private void AddGradients(double[] sum, double[] products)
    {
        block.AddShiftGradient(Singles(sum));
        block.AddScaleGradient(Singles(products));
    }

    private double[] Each(Func<int, double> value) => [.. Enumerable.Range(0, scale.Length).Select(value)];

    private double[] Mean(double[] sums) => Each(c => sums[c] / map.Positions);

    // J's part of a sum: -g r m.
    private double[] OfMean(double[] sums) => Each(c => -factor[c] * sums[c] / map.Positions);
}
