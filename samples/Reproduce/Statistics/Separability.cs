using static TorchSharp.torch;

namespace Reproduce.Statistics;

/// <summary>
/// How well two kinds of things can be told apart by their features: the accuracy of a classifier on things it was not made from, by
/// cross-validation. 0.5 is chance. Things of one group (an image and its distorted version) are always left out together, so that
/// no classifier is helped, or misled, by knowing the other one.
/// </summary>
public static class Separability
{
    private const double Ridge = 1e-2;
    private const int NewtonSteps = 25;
    private const double LeastCurvature = 1e-6;

    /// <summary>By the votes of the nearest ones: what neighbourhoods show, as a picture of t-SNE does.</summary>
    /// <param name="first">(n, features), floating point: things of one kind, row i of group i; at least as many as folds.</param>
    /// <param name="second">The same of the other kind, of the same groups.</param>
    /// <param name="neighbors">How many vote, an odd number.</param>
    /// <param name="folds">Into how many parts the groups are divided, 2 or more.</param>
    /// <param name="seed">Of the division into folds.</param>
    /// <returns>The part of all things that is told right.</returns>
    /// <exception cref="ArgumentException">The features are not as described, or a number is out of range.</exception>
    public static double NearestNeighbors(Tensor first, Tensor second, int neighbors = 5, int folds = 5, int seed = 1)
    {
        Check(first, second, folds);
        SampleChecks.RequireRange(neighbors, neighbors >= 1 && neighbors % 2 == 1, "an odd number of 1 or more", nameof(neighbors));
        return CrossValidate(first, second, folds, seed, (train, labels, test) =>
        {
            Tensor nearest = cdist(test, train).topk((int)Math.Min(neighbors, train.shape[0]), dim: 1, largest: false).indexes;
            return labels[nearest].mean([1]);
        });
    }

    /// <summary>By logistic regression with a little weight decay: whether a plane parts them.</summary>
    /// <param name="first">As in <see cref="NearestNeighbors"/>.</param>
    /// <param name="second">As in <see cref="NearestNeighbors"/>.</param>
    /// <param name="folds">As in <see cref="NearestNeighbors"/>.</param>
    /// <param name="seed">As in <see cref="NearestNeighbors"/>.</param>
    /// <returns>The part of all things that is told right.</returns>
    /// <exception cref="ArgumentException">The features are not as described, or a number is out of range.</exception>
    public static double Logistic(Tensor first, Tensor second, int folds = 5, int seed = 1)
    {
        Check(first, second, folds);
        return CrossValidate(first, second, folds, seed, (train, labels, test) => test.matmul(train.t()).matmul(Fit(train, labels)).squeeze(1));
    }

    // Newton's method on the weights of the examples, which are fewer than the features.
    private static Tensor Fit(Tensor train, Tensor labels)
    {
        Tensor kernel = train.matmul(train.t());
        Tensor weights = zeros([train.shape[0], 1], ScalarType.Float64, train.device);
        Tensor targets = (labels.unsqueeze(1) + 1) / 2;
        Tensor unit = eye(train.shape[0], dtype: ScalarType.Float64, device: train.device) * (Ridge * train.shape[0]);
        for (int i = 0; i < NewtonSteps; i++)
        {
            using var scope = NewDisposeScope();
            Tensor scores = kernel.matmul(weights);
            Tensor probabilities = scores.sigmoid();
            Tensor curvature = (probabilities * (1 - probabilities)).clamp_min(LeastCurvature);
            Tensor adjusted = scores + ((targets - probabilities) / curvature);
            weights = linalg.solve((curvature * kernel) + unit, curvature * adjusted).MoveToOuterDisposeScope();
        }

        return weights;
    }

    private static double CrossValidate(Tensor first, Tensor second, int folds, int seed, Func<Tensor, Tensor, Tensor, Tensor> score)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        Tensor all = stack([first.detach().to(ScalarType.Float64), second.detach().to(ScalarType.Float64)], 1);
        int groups = (int)all.shape[0];
        long[] order = [.. Enumerable.Range(0, groups).Select(i => (long)i)];
        new Random(seed).Shuffle(order);
        double right = 0;
        for (int fold = 0; fold < folds; fold++)
        {
            using var foldScope = NewDisposeScope();
            long[] left = [.. order.Where((_, i) => i % folds == fold)], kept = [.. order.Where((_, i) => i % folds != fold)];
            Tensor train = Rows(all, kept), test = Rows(all, left);
            Tensor mean = train.mean([0], keepdim: true), deviation = train.std(0, unbiased: false, keepdim: true);

            // A feature that never varies says nothing; one that hardly does is no noise to be magnified.
            Tensor scale = where(deviation > 1e-12, deviation, double.PositiveInfinity) * Math.Sqrt(train.shape[1]);
            Tensor scores = score((train - mean) / scale, Labels(kept.Length), (test - mean) / scale);
            Tensor expected = Labels(left.Length);
            right += (scores * expected > 0).sum().item<long>() + ((scores == 0).sum().item<long>() / 2.0);
        }

        return right / (2 * groups);

        Tensor Rows(Tensor pairs, long[] chosen) => pairs[tensor(chosen, device: pairs.device)].flatten(0, 1);

        // -1 for the first kind, 1 for the second, in the order of the rows.
        Tensor Labels(int count) => tensor(new double[] { -1, 1 }, device: all.device).repeat(count);
    }

    private static void Check(Tensor first, Tensor second, int folds)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        SampleChecks.RequireRange(folds, folds >= 2, "2 or more", nameof(folds));
        if (first.shape is not [_, >= 1] || first.shape[0] < folds || !first.is_floating_point())
        {
            throw new ArgumentException($"first has shape ({string.Join(", ", first.shape)}) and type {first.dtype}; expected ({folds} or more, features), floating point.", nameof(first));
        }

        if (!second.shape.SequenceEqual(first.shape) || !second.is_floating_point())
        {
            throw new ArgumentException($"second has shape ({string.Join(", ", second.shape)}) and type {second.dtype}; expected ({string.Join(", ", first.shape)}), floating point.", nameof(second));
        }
    }
}
