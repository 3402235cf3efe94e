using static TorchSharp.torch;

namespace Reproduce.Statistics;

/// <summary>
/// t-SNE embedding, which maps high-dimensional points to one, two or three dimensions so that neighbours stay neighbours. Time and memory
/// grow with the square of the number of points, which limits the method to a few thousand points.
/// </summary>
/// <remarks>
/// The exact algorithm of van der Maaten and Hinton, "Visualizing Data using t-SNE", Journal of Machine Learning Research 9, 2008.
/// </remarks>
public static class TSne
{
    private const double FirstMomentum = 0.5;
    private const double Momentum = 0.8;
    private const int FirstMomentumIterations = 250;
    private const double StartDeviation = 1e-2;
    private const double LeastGain = 0.01;
    private const double LeastProbability = 1e-12;
    private const int BisectionSteps = 100;

    /// <summary>Embeds points in a low-dimensional space. The result is not differentiable.</summary>
    /// <param name="points">(n, features), floating point and finite, on any device; one point per row, at least 4 points.</param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <param name="cancellation">Cancels the embedding between two steps of gradient descent.</param>
    /// <returns>(n, <see cref="TSneOptions.Dimensions"/>), float64, centred on the origin. The caller disposes the tensor.</returns>
    /// <exception cref="ArgumentException">
    /// The points have a wrong shape or type or are not finite, or an option is out of its range.
    /// </exception>
    /// <exception cref="OperationCanceledException">The embedding was cancelled.</exception>
    public static Tensor Embed(Tensor points, TSneOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(points);
        if (points.shape is not [>= 4, >= 1] || !points.is_floating_point())
        {
            throw new ArgumentException(
                $"points has shape ({string.Join(", ", points.shape)}) and type {points.dtype}; "
                + "expected (4 or more, 1 or more), floating point.",
                nameof(points));
        }

        options ??= new TSneOptions();
        options.Validate(points.shape[0]);
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        Tensor values = points.detach().to(ScalarType.Float64);
        if (!values.isfinite().all().item<bool>())
        {
            throw new ArgumentException("points holds numbers that are not finite; expected finite numbers.", nameof(points));
        }

        return Descend(JointProbabilities(values, options.PerplexityOf(points.shape[0])), options, cancellation).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Returns the probability that point i picks point j as its neighbour, (n, n). Each row has the sum 1 and the given perplexity.
    /// </summary>
    internal static Tensor ConditionalProbabilities(Tensor points, double perplexity)
    {
        using var scope = NewDisposeScope();
        Tensor squares = SquaredDistances(points);
        squares.diagonal().fill_(double.PositiveInfinity);

        // Subtracting the nearest point's squared distance leaves the probabilities unchanged and avoids underflow of exp.
        squares = squares - squares.amin([1], keepdim: true);
        Tensor finite = squares.isinf().logical_not();
        Tensor low = zeros([points.shape[0], 1], ScalarType.Float64, points.device), high = full_like(low, double.PositiveInfinity);
        Tensor total = squares.where(finite, 0).sum(1, keepdim: true);
        Tensor beta = where(total > 0, (points.shape[0] - 1) / total, 1);
        double target = Math.Log(perplexity);
        for (int i = 0; i < BisectionSteps; i++)
        {
            using var step = NewDisposeScope();
            Tensor isTooWide = Entropy(squares, finite, beta) > target;
            low = where(isTooWide, beta, low).MoveToOuterDisposeScope();
            high = where(isTooWide, high, beta).MoveToOuterDisposeScope();
            beta = where(high.isinf(), beta * 2, (low + high) / 2).MoveToOuterDisposeScope();
        }

        Tensor weights = (squares * -beta).exp();
        return (weights / weights.sum(1, keepdim: true)).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Returns the Kullback-Leibler divergence between the neighbourhoods of the points and of the embedding, and its gradient.
    /// </summary>
    internal static (Tensor Gradient, Tensor Divergence) Gradient(Tensor probabilities, Tensor embedding)
    {
        using var scope = NewDisposeScope();
        Tensor closeness = 1 / (1 + SquaredDistances(embedding));
        closeness.diagonal().fill_(0);
        Tensor q = (closeness / closeness.sum()).clamp_min(LeastProbability);
        Tensor forces = (probabilities - q) * closeness;
        Tensor gradient = 4 * ((forces.sum(1, keepdim: true) * embedding) - forces.matmul(embedding));
        Tensor divergence = (probabilities * (probabilities.clamp_min(LeastProbability) / q).log()).sum();
        return (gradient.MoveToOuterDisposeScope(), divergence.MoveToOuterDisposeScope());
    }

    internal static Tensor JointProbabilities(Tensor points, double perplexity)
    {
        using var scope = NewDisposeScope();
        Tensor conditional = ConditionalProbabilities(points, perplexity);
        return ((conditional + conditional.t()) / (2 * points.shape[0])).MoveToOuterDisposeScope();
    }

    private static Tensor Descend(Tensor probabilities, TSneOptions options, CancellationToken cancellation)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator((ulong)options.Seed, CPU);
        long[] shape = [probabilities.shape[0], options.Dimensions];
        Tensor embedding = (randn(shape, ScalarType.Float64, CPU, generator: generator) * StartDeviation).to(probabilities.device);
        Tensor velocity = zeros_like(embedding), gains = ones_like(embedding);
        Tensor exaggerated = probabilities * options.EarlyExaggeration;
        for (int i = 0; i < options.Iterations; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            using var step = NewDisposeScope();
            (Tensor gradient, _) = Gradient(i < options.ExaggerationIterations ? exaggerated : probabilities, embedding);

            // Adaptive gains (Jacobs 1988): a coordinate's step grows while it keeps its direction and shrinks when it oscillates.
            Tensor turns = gradient.sign() == velocity.sign();
            gains.copy_(where(turns, gains * 0.8, gains + 0.2).clamp_min(LeastGain));
            velocity.mul_(i < FirstMomentumIterations ? FirstMomentum : Momentum).sub_(gains * gradient * options.LearningRate);
            embedding.add_(velocity);
            embedding.sub_(embedding.mean([0], keepdim: true));
        }

        return embedding.MoveToOuterDisposeScope();
    }

    private static Tensor SquaredDistances(Tensor points)
    {
        using var scope = NewDisposeScope();
        Tensor squares = points.square().sum(1, keepdim: true);
        return (squares + squares.t() - (2 * points.matmul(points.t()))).clamp_min(0).MoveToOuterDisposeScope();
    }

    private static Tensor Entropy(Tensor squares, Tensor finite, Tensor beta)
    {
        Tensor weights = (squares * -beta).exp();
        Tensor sum = weights.sum(1, keepdim: true);
        return sum.log() + (beta * (squares.where(finite, 0) * weights).sum(1, keepdim: true) / sum);
    }
}
