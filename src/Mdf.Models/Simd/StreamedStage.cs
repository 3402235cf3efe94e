using static TorchSharp.torch;

namespace Mdf.Models.Simd;

/// <summary>A convolution of a <see cref="StreamedNetwork"/> with the steps that its epilogue does.</summary>
internal sealed class StreamedStage
{
    private readonly PatchConvolution? patches;
    private readonly WinogradConvolution? winograd;
    private readonly DotConvolution? dots;
    private readonly float[] bias;

    /// <summary>Prepares the weights.</summary>
    /// <param name="weight">(outputs, inputs, kernel, kernel), float64, with the batch normalisation folded in.</param>
    /// <param name="bias">(outputs), float64.</param>
    /// <param name="padding">Zero padding.</param>
    /// <param name="shuffle">Factor of the pixel shuffle; 1 for none.</param>
    public StreamedStage(Tensor weight, Tensor bias, int padding, int shuffle)
    {
        using var scope = NewDisposeScope();
        (Inputs, Padding, Shuffle) = ((int)weight.shape[1], padding, shuffle);
        Outputs = (int)weight.shape[0] / (shuffle * shuffle);
        if (shuffle > 1)
        {
            // (channel, place) to (place, channel), so that neighbouring outputs stay neighbours.
            weight = weight.reshape(Outputs, shuffle * shuffle, Inputs, weight.shape[2], weight.shape[3]).transpose(0, 1).flatten(0, 1);
            bias = bias.reshape(Outputs, shuffle * shuffle).t().flatten();
        }

        this.bias = [.. bias.to(ScalarType.Float32).contiguous().data<float>()];
        if (Inputs < MatrixProduct.Lane)
        {
            patches = new PatchConvolution(weight);
        }
        else if (Outputs < MatrixProduct.Lane)
        {
            dots = new DotConvolution(weight, bias);
        }
        else
        {
            winograd = new WinogradConvolution(weight);
        }
    }

    /// <summary>Number of channels of the input.</summary>
    public int Inputs { get; }

    /// <summary>Number of channels of the result.</summary>
    public int Outputs { get; }

    /// <summary>Zero padding of the convolution.</summary>
    public int Padding { get; }

    /// <summary>Factor of the pixel shuffle; 1 for none.</summary>
    public int Shuffle { get; }

    /// <summary>Number of the value that the stage reads.</summary>
    public required int Input { get; init; }

    /// <summary>Number of the value that the stage computes.</summary>
    public required int Output { get; init; }

    /// <summary>Number of the value that is added; -1 for none.</summary>
    public int Earlier { get; init; } = -1;

    /// <summary>Factor of the convolution's output in the sum.</summary>
    public float Factor { get; init; } = 1;

    /// <summary>Factor of negative values; 1 for no activation.</summary>
    public float Slope { get; init; } = 1;

    /// <summary>Whether the stage reads the image.</summary>
    public bool IsFirst => patches is not null;

    /// <summary>Whether the stage computes an image.</summary>
    public bool IsLast => dots is not null;

    /// <summary>Returns whether a convolution can be computed.</summary>
    public static bool Fits(long outputs, long inputs, long kernel, int shuffle)
    {
        bool isWide = outputs / (shuffle * shuffle) % MatrixProduct.Lane == 0 && outputs % MatrixProduct.Columns == 0;
        return (inputs < MatrixProduct.Lane && isWide && shuffle == 1)
            || (inputs % MatrixProduct.Lane == 0 && isWide && kernel == 3)
            || (inputs % MatrixProduct.Lane == 0 && outputs < MatrixProduct.Lane && shuffle == 1);
    }

    /// <summary>Computes some rows.</summary>
    /// <param name="source">The rows of the input that are needed, and all its columns; padded with zeros for the first stage.</param>
    /// <param name="margins">Zero rows and columns around the source.</param>
    /// <param name="target">The rows of the result.</param>
    /// <param name="earlier">The rows of the value that is added; empty for none.</param>
    public unsafe void Run(FeatureMap source, Margins margins, FeatureMap target, FeatureMap earlier)
    {
        if (dots is not null)
        {
            dots.Run(source, margins, target);
            return;
        }

        fixed (float* added = bias)
        {
            if (Shuffle > 1)
            {
                winograd!.Run(source, margins, new BiasAndShuffle(target, added, Slope, Shuffle));
            }
            else if (Earlier >= 0)
            {
                winograd!.Run(source, margins, new BiasAndSum(target.Start, added, earlier, Factor));
            }
            else if (patches is not null)
            {
                patches.Run(source, new BiasAndActivation(target.Start, added, Slope));
            }
            else
            {
                winograd!.Run(source, margins, new BiasAndActivation(target.Start, added, Slope));
            }
        }
    }
}
