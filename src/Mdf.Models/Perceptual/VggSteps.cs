namespace Mdf.Models.Perceptual;

/// <summary>
/// Layers of the VGG networks: blocks of 3 x 3 convolutions that keep the size, each followed by max pooling that halves it.
/// </summary>
internal static class VggSteps
{
    private static readonly int[] Widths = [64, 128, 256, 512, 512];

    /// <summary>
    /// Creates the layers <c>relu1_1</c>, <c>relu1_2</c>, <c>pool1</c>, <c>relu2_1</c>, ... for the given number of convolutions in each
    /// block.
    /// </summary>
    public static IReadOnlyList<FeatureStep> Create(params ReadOnlySpan<int> convolutions)
    {
        var steps = new List<FeatureStep>();
        int inputs = 3;
        for (int block = 0; block < Widths.Length; block++)
        {
            for (int i = 1; i <= convolutions[block]; i++)
            {
                steps.Add(FeatureStep.Convolution(inputs, Widths[block], kernel: 3, padding: 1));
                steps.Add(FeatureStep.Rectifier($"relu{block + 1}_{i}"));
                inputs = Widths[block];
            }

            steps.Add(FeatureStep.Pool($"pool{block + 1}", kernel: 2, channels: inputs));
        }

        return steps;
    }
}
