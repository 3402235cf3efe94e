using Mdf.TorchCompatibility;
using static TorchSharp.torch;

namespace Mdf.Models.Simd;

/// <summary>
/// A feature map in batch normalisation with LeakyReLU, in float32: neither the normalised values nor LeakyReLU's derivatives are stored,
/// but computed anew in each pass over the map. Maps are channels-last tensors (N, C, H, W).
/// </summary>
internal sealed unsafe class NormalizedMap
{
    private readonly Tensor map;
    private readonly float[] constants;
    private readonly float slope;
    private readonly int channels;

    /// <summary>Computes the statistics of a map, which must outlive the object.</summary>
    /// <param name="map">The map.</param>
    /// <param name="scale">Scale of each channel.</param>
    /// <param name="shift">Shift of each channel.</param>
    /// <param name="epsilon">Addend of the variance.</param>
    /// <param name="slope">LeakyReLU's negative slope.</param>
    public NormalizedMap(Tensor map, double[] scale, double[] shift, double epsilon, double slope)
    {
        this.map = map;
        this.slope = (float)slope;
        channels = (int)map.shape[1];
        Positions = map.numel() / channels;
        (Mean, Variance) = MapLoops.Moments(Start(map), Positions, channels);
        InverseDeviation = [.. Variance.Select(v => 1 / Math.Sqrt(v + epsilon))];
        constants = Packed(Mean, [.. scale.Zip(InverseDeviation, (s, r) => s * r)], shift);
    }

    /// <summary>Number of positions of all images.</summary>
    public long Positions { get; }

    /// <summary>Mean of each channel.</summary>
    public double[] Mean { get; }

    /// <summary>Variance of each channel.</summary>
    public double[] Variance { get; }

    /// <summary>1 / sqrt(variance + epsilon) for each channel.</summary>
    public double[] InverseDeviation { get; }

    /// <summary>Returns whether the kernels can compute maps of a convolution with the given weights.</summary>
    public static bool Fits(Tensor weight) =>
        VectorDiscriminator.IsSupported
        && weight.dtype == ScalarType.Float32
        && weight.device_type == TorchSharp.DeviceType.CPU
        && weight.shape[0] % MatrixProduct.Columns == 0;

    /// <summary>Normalises the map and applies LeakyReLU.</summary>
    public Tensor Activated()
    {
        Tensor target = NewMap();
        fixed (float* fixedConstants = constants)
        {
            MapLoops.Run(Positions, channels, new NormalizedActivation(Values(fixedConstants), Start(target)));
        }

        return target;
    }

    /// <summary>
    /// Returns for each channel the sum of the gradients of LeakyReLU's inputs, and of these times the normalised values.
    /// </summary>
    /// <param name="gradient">Gradient of LeakyReLU's outputs.</param>
    public (double[] Sum, double[] Products) SumsOf(Tensor gradient)
    {
        fixed (float* fixedConstants = constants)
        {
            (double[] sum, double[] products, _) = MapLoops.Sum(
                Positions, channels, new GradientSums(Values(fixedConstants), Start(gradient)));
            return (sum, Normalized(products));
        }
    }

    /// <summary>
    /// Returns for each channel the sum of the map's tangents, of these times the normalised values, and of these times the gradients of
    /// LeakyReLU's inputs.
    /// </summary>
    /// <param name="tangent">Tangent of the map.</param>
    /// <param name="gradient">Gradient of LeakyReLU's outputs.</param>
    public (double[] Sum, double[] Products, double[] Gradients) SumsOf(Tensor tangent, Tensor gradient)
    {
        fixed (float* fixedConstants = constants)
        {
            (double[] sum, double[] products, double[] gradients) = MapLoops.Sum(
                Positions, channels, new TangentSums(Values(fixedConstants), Start(tangent), Start(gradient)));
            return (sum, Normalized(products), gradients);
        }
    }

    /// <summary>
    /// Returns the gradient of the map: <paramref name="ofGradient"/> times the gradient of LeakyReLU's inputs, plus
    /// <paramref name="ofNormalized"/> times the normalised values, plus <paramref name="addend"/>.
    /// </summary>
    /// <param name="gradient">Gradient of LeakyReLU's outputs.</param>
    /// <param name="ofGradient">A factor for each channel.</param>
    /// <param name="ofNormalized">A factor for each channel.</param>
    /// <param name="addend">An addend for each channel.</param>
    /// <param name="overwrites">Whether the result takes the place of <paramref name="gradient"/>.</param>
    public Tensor Gradient(Tensor gradient, double[] ofGradient, double[] ofNormalized, double[] addend, bool overwrites)
    {
        Tensor target = overwrites ? gradient : NewMap();
        fixed (float* fixedConstants = constants, factors = Packed(ofGradient, Normalized(ofNormalized), addend))
        {
            MapLoops.Run(
                Positions,
                channels,
                new NormalizedGradient(Values(fixedConstants), Start(gradient), factors, channels, Start(target)));
        }

        return target;
    }

    /// <summary>
    /// Returns the tangent of LeakyReLU's outputs: its derivative times the sum of <paramref name="ofTangent"/> times the map's tangent,
    /// <paramref name="ofNormalized"/> times the normalised values, and <paramref name="addend"/>.
    /// </summary>
    /// <param name="tangent">Tangent of the map.</param>
    /// <param name="ofTangent">A factor for each channel.</param>
    /// <param name="ofNormalized">A factor for each channel.</param>
    /// <param name="addend">An addend for each channel.</param>
    public Tensor Tangent(Tensor tangent, double[] ofTangent, double[] ofNormalized, double[] addend)
    {
        Tensor target = NewMap();
        fixed (float* fixedConstants = constants, factors = Packed(ofTangent, Normalized(ofNormalized), addend))
        {
            MapLoops.Run(
                Positions, channels, new NormalizedTangent(Values(fixedConstants), Start(tangent), factors, channels, Start(target)));
        }

        return target;
    }

    /// <summary>
    /// Returns the gradient of a directional derivative with respect to the map: a sum of maps with a factor for each channel, and an
    /// addend.
    /// </summary>
    /// <param name="gradient">
    /// The directional derivative's gradient with respect to LeakyReLU's outputs, overwritten; null for zero.
    /// </param>
    /// <param name="first">Gradient of LeakyReLU's outputs.</param>
    /// <param name="tangent">Tangent of the map.</param>
    /// <param name="factors">
    /// Factors of LeakyReLU's derivative times the gradient, of that times the first gradient, of the tangent and of the normalised values,
    /// and the addend.
    /// </param>
    public Tensor SecondGradient(
        Tensor? gradient,
        Tensor first,
        Tensor tangent,
        (double[] Gradient, double[] First, double[] Tangent, double[] Normalized, double[] Addend) factors)
    {
        Tensor target = gradient is null ? NewMap() : gradient;
        float[] packed = Packed(factors.Gradient, factors.First, factors.Tangent, Normalized(factors.Normalized), factors.Addend);
        fixed (float* fixedConstants = constants, fixedFactors = packed)
        {
            float* from = gradient is null ? null : Start(gradient);
            MapLoops.Run(Positions, channels, new NormalizedSecondGradient(
                Values(fixedConstants), from, Start(first), Start(tangent), fixedFactors, channels, Start(target)));
        }

        return target;
    }

    private static float* Start(Tensor maps) => FeatureMap.Of(maps, 0).Start;

    private static float[] Packed(params double[][] rows) => [.. rows.SelectMany(r => r).Select(v => (float)v)];

    private Tensor NewMap() => TensorLayout.Allocate(map.shape, ScalarType.Float32, CPU, channelsLast: true);

    private NormalizedValues Values(float* fixedConstants) => new(Start(map), fixedConstants, channels, slope);

    // The kernels use differences from the mean; the normalised values are these times the inverse deviation.
    private double[] Normalized(double[] ofCentered) => [.. ofCentered.Zip(InverseDeviation, (x, r) => x * r)];
}
