using static TorchSharp.torch;

namespace Reproduce.Statistics;

/// <summary>
/// Measures how well two classes can be separated by their features: the accuracy of a classifier in cross-validation. An accuracy of 0.5
/// is chance.
/// </summary>
/// <remarks>
/// The two examples of a group, such as an image and its distorted version, are always in the same fold. A classifier is therefore never
/// tested on an example whose counterpart it was trained on.
/// </remarks>
public static class Separability
{
    private const double Ridge = 1e-2;
    private const int NewtonSteps = 25;
    private const double LeastCurvature = 1e-6;

    /// <summary>
    /// Measures separability by k-nearest-neighbour classification. The accuracy reflects local neighbourhoods, as a t-SNE plot does.
    /// </summary>
    /// <param name="first">First class, (n, features), floating point; row i belongs to group i. n is at least the fold count.</param>
    /// <param name="second">Second class, of the shape of the first; row i belongs to group i.</param>
    /// <param name="neighbors">Number of neighbours that vote; odd, at least 1. Default: 5.</param>
    /// <param name="folds">Number of folds of the cross-validation; at least 2. Default: 5.</param>
    /// <param name="seed">Seeds the division of the groups into folds. Default: 1.</param>
    /// <returns>The fraction of correctly classified examples, 0 to 1.</returns>
    /// <exception cref="ArgumentException">The features have a wrong shape or type, or a number is out of its range.</exception>
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

    /// <summary>
    /// Measures linear separability by logistic regression with a small L2 penalty: how well a hyperplane separates the classes.
    /// </summary>
    /// <param name="first">First class, (n, features), floating point; row i belongs to group i. n is at least the fold count.</param>
    /// <param name="second">Second class, of the shape of the first; row i belongs to group i.</param>
    /// <param name="folds">Number of folds of the cross-validation; at least 2. Default: 5.</param>
    /// <param name="seed">Seeds the division of the groups into folds. Default: 1.</param>
    /// <returns>The fraction of correctly classified examples, 0 to 1.</returns>
    /// <exception cref="ArgumentException">The features have a wrong shape or type, or a number is out of its range.</exception>
    public static double Logistic(Tensor first, Tensor second, int folds = 5, int seed = 1)
    {
        Check(first, second, folds);
        return CrossValidate(
            first, second, folds, seed, (train, labels, test) => test.matmul(train.t()).matmul(Fit(train, labels)).squeeze(1));
    }

    // Newton's method in the dual form: one weight for each example, because there are usually fewer examples than features.
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

            // A constant feature is scaled to zero, because its deviation is rounding noise that the normalisation would amplify.
            Tensor scale = where(deviation > 1e-12, deviation, double.PositiveInfinity) * Math.Sqrt(train.shape[1]);
            Tensor scores = score((train - mean) / scale, Labels(kept.Length), (test - mean) / scale);
            Tensor expected = Labels(left.Length);
            right += (scores * expected > 0).sum().item<long>() + ((scores == 0).sum().item<long>() / 2.0);
        }

        return right / (2 * groups);

        Tensor Rows(Tensor pairs, long[] chosen) => pairs[tensor(chosen, device: pairs.device)].flatten(0, 1);

        // -1 for the first class, 1 for the second, in the order of the rows.
        Tensor Labels(int count) => tensor(new double[] { -1, 1 }, device: all.device).repeat(count);
    }

    private static void Check(Tensor first, Tensor second, int folds)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        SampleChecks.RequireRange(folds, folds >= 2, "2 or more", nameof(folds));
        if (first.shape is not [_, >= 1] || first.shape[0] < folds || !first.is_floating_point())
        {
            throw new ArgumentException(
                $"first has shape ({string.Join(", ", first.shape)}) and type {first.dtype}; "
                + $"expected ({folds} or more, features), floating point.",
                nameof(first));
        }

        if (!second.shape.SequenceEqual(first.shape) || !second.is_floating_point())
        {
            throw new ArgumentException(
                $"second has shape ({string.Join(", ", second.shape)}) and type {second.dtype}; "
                + $"expected ({string.Join(", ", first.shape)}), floating point.",
                nameof(second));
        }
    }
}
