using Mdf.TorchCompatibility;
using static TorchSharp.torch;

namespace Mdf.Models.Simd;

/// <summary>
/// A stage of <see cref="VectorFeatures"/>: a 3 x 3 convolution with zero padding and ReLU, or max pooling of 2 x 2 positions.
/// </summary>
internal sealed unsafe class VectorFeatureStage
{
    /// <summary>Zero padding of a convolution.</summary>
    public const int Padding = 1;

    // From here on the weights are large and the maps small, so that all images are computed together.
    private const int WideChannels = 256;

    private readonly PatchConvolution? first;
    private readonly WinogradConvolution? wide;
    private readonly float[] bias = [];
    private readonly Lazy<WinogradConvolution>? back;
    private readonly Lazy<DotConvolution>? backToImage;

    /// <summary>Creates max pooling.</summary>
    public VectorFeatureStage(int channels)
    {
        Outputs = channels;
    }

    /// <summary>Creates a convolution with ReLU.</summary>
    /// <param name="weight">(outputs, inputs, 3, 3), for which <see cref="Fits"/> is true. The tensor must outlive the stage.</param>
    /// <param name="bias">(outputs).</param>
    public VectorFeatureStage(Tensor weight, Tensor bias)
    {
        using var scope = NewDisposeScope();
        Outputs = (int)weight.shape[0];
        this.bias = [.. bias.to(ScalarType.Float32).contiguous().data<float>()];
        if (IsOfImage(weight))
        {
            first = new PatchConvolution(Wide(weight));
            backToImage = new Lazy<DotConvolution>(() => Back(w => new DotConvolution(w, bias: null)));
        }
        else
        {
            wide = new WinogradConvolution(Wide(weight));
            back = new Lazy<WinogradConvolution>(() => Back(w => new WinogradConvolution(w)));
        }

        // Many users never ask for a gradient, and its weights take as much memory as the others.
        T Back<T>(Func<Tensor, T> create)
        {
            using var ofBack = NewDisposeScope();
            using var mode = InferenceMode.Leave();
            using var noGradient = no_grad();
            return create(Layers.Flipped(Wide(weight)));
        }
    }

    /// <summary>Number of channels of the result.</summary>
    public int Outputs { get; }

    /// <summary>Whether the stage is max pooling.</summary>
    public bool IsPooling => first is null && wide is null;

    /// <summary>Whether the stage reads the images, with <see cref="Padding"/> zeros around them.</summary>
    public bool IsFirst => first is not null;

    /// <summary>Whether all images are computed together.</summary>
    public bool IsOfAllImages => wide is not null && Outputs >= WideChannels;

    /// <summary>Index of the compared layer that the stage computes; -1 for none.</summary>
    public int Layer { get; set; } = -1;

    /// <summary>Returns whether a convolution can be computed.</summary>
    public static bool Fits(Tensor weight, int padding) =>
        padding == Padding
        && weight.shape[2] == 3
        && weight.shape[0] % MatrixProduct.Columns == 0
        && (IsOfImage(weight) || weight.shape[1] % MatrixProduct.Columns == 0);

    /// <summary>Computes the results of several images, whose maps follow each other in memory.</summary>
    /// <param name="source">The first image's map.</param>
    /// <param name="images">Number of images.</param>
    /// <param name="target">The first image's result.</param>
    /// <param name="memory">Receives what the way back needs, <see cref="MemoryOf"/> numbers an image; null for none.</param>
    public void Forward(FeatureMap source, int images, FeatureMap target, ushort* memory)
    {
        if (IsPooling)
        {
            for (int image = 0; image < images; image++)
            {
                MaxPooling.Run(
                    source.Image(image), target.Image(image), memory == null ? null : memory + (image * MemoryOf(target)));
            }

            return;
        }

        fixed (float* added = bias)
        {
            var epilogue = new Rectifier(target.Start, added, memory);
            if (first is not null)
            {
                first.Run(source, epilogue);
            }
            else
            {
                wide!.Run(source, images, new Margins(Padding), epilogue);
            }
        }
    }

    /// <summary>Takes a gradient from the results to the inputs.</summary>
    /// <param name="gradient">Gradient of the first image's result.</param>
    /// <param name="images">Number of images.</param>
    /// <param name="memory">What <see cref="Forward"/> kept.</param>
    /// <param name="input">Shape of an image's input.</param>
    /// <param name="epilogue">Stores the gradient of an image's input.</param>
    public void Backward(FeatureMap gradient, int images, ushort* memory, FeatureMap input, Func<int, RectifierGradient> epilogue)
    {
        if (!IsPooling)
        {
            back!.Value.Run(gradient, images, new Margins(Padding), epilogue(0));
            return;
        }

        for (int image = 0; image < images; image++)
        {
            MaxPooling.RunBack(gradient.Image(image), memory + (image * MemoryOf(gradient)), input, epilogue(image));
        }
    }

    /// <summary>Takes a gradient from the first stage's result to the image.</summary>
    public void BackwardToImage(FeatureMap gradient, FeatureMap image) =>
        backToImage!.Value.Run(gradient, new Margins(Padding), image);

    /// <summary>Returns the number of bit sets that an image's way back needs.</summary>
    public long MemoryOf(FeatureMap result) =>
        result.Length / MatrixProduct.Lane * (IsPooling ? MaxPooling.ChoicesOfVector : 1);

    private static bool IsOfImage(Tensor weight) => weight.shape[1] < MatrixProduct.Lane;

    private static Tensor Wide(Tensor weight) => weight.detach().to(ScalarType.Float64);
}
