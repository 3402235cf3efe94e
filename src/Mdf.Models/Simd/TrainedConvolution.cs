using Mdf.TorchCompatibility;
using static TorchSharp.torch;

namespace Mdf.Models.Simd;

/// <summary>Creates convolutions for training and what they have in common.</summary>
internal static unsafe class TrainedConvolution
{
    /// <summary>Number of rows and columns that a convolution takes off, and the padding of the way back.</summary>
    public const int Shrink = 2;

    // Patches of more channels would fill their matrix's panels badly, and no image has more.
    private const int FewChannels = 3;

    // Transformed weights take four times the memory: at this number of products of channels 36 MiB for each of the three passes.
    private const long MostProducts = 512 * 512;

    /// <summary>Creates a convolution without weights.</summary>
    /// <param name="weight">Weights of the type and shape that it is for.</param>
    /// <returns>Null if the kernels cannot compute it: another type or device, other widths, a processor without AVX2.</returns>
    public static ITrainedConvolution? Create(Tensor weight)
    {
        (int outputs, int inputs) = ((int)weight.shape[0], (int)weight.shape[1]);
        (bool manyOutputs, bool manyInputs) = (outputs % MatrixProduct.Columns == 0, inputs % MatrixProduct.Columns == 0);
        return !VectorDiscriminator.IsSupported
            || (long)outputs * inputs > MostProducts
            || weight.dtype != ScalarType.Float32
            || weight.device_type != TorchSharp.DeviceType.CPU ? null
            : manyInputs && manyOutputs ? new WideTrainedConvolution(inputs, outputs)
            : inputs <= FewChannels && manyOutputs ? new HeadTrainedConvolution(weight)
            : manyInputs && outputs <= FewChannels ? new TailTrainedConvolution(weight)
            : null;
    }

    /// <summary>Computes a map of each image from a map of it.</summary>
    /// <param name="maps">The maps.</param>
    /// <param name="channels">Number of channels of the results.</param>
    /// <param name="change">Number of rows and columns that the results have more.</param>
    /// <param name="compute">Computes a result, the second map, from the first.</param>
    public static Tensor ForEach(Tensor maps, int channels, int change, Action<FeatureMap, FeatureMap> compute)
    {
        using var scope = NewDisposeScope();
        Tensor results = Result(maps, channels, change);
        ForEach(maps, results, compute);
        return results.MoveToOuterDisposeScope();
    }

    /// <summary>Uses the two maps of each image.</summary>
    public static void ForEach(Tensor maps, Tensor others, Action<FeatureMap, FeatureMap> use)
    {
        using var scope = NewDisposeScope();
        (FeatureMap one, FeatureMap other) = (Map(maps.WithChannelsLast()), Map(others.WithChannelsLast()));
        for (int image = 0; image < maps.shape[0]; image++)
        {
            use(one.Image(image), other.Image(image));
        }
    }

    /// <summary>Returns the maps of a contiguous channels-last tensor: the first image's, which the others follow.</summary>
    /// <remarks>Unlike <see cref="FeatureMap.Of"/>, without the tensor's strides, which mean nothing in a dimension of one.</remarks>
    public static FeatureMap Map(Tensor maps) =>
        new(FeatureMap.Of(maps, 0).Start, (int)maps.shape[2], (int)maps.shape[3], (int)maps.shape[1]);

    /// <summary>Allocates the result of a convolution.</summary>
    /// <param name="input">The convolution's input.</param>
    /// <param name="channels">Number of channels of the result.</param>
    /// <param name="change">Number of rows and columns that the result has more than the input.</param>
    public static Tensor Result(Tensor input, int channels, int change) => TensorLayout.Allocate(
        [input.shape[0], channels, input.shape[2] + change, input.shape[3] + change], ScalarType.Float32, CPU, channelsLast: true);
}
