using Mdf.Metrics;
using static TorchSharp.torch;

namespace Mdf.Training.Restoration;

/// <summary>A metric that evaluations and validations measure beside PSNR and SSIM.</summary>
public sealed class EvaluationMetric
{
    private static readonly int LeastLevels = new MultiScaleStructuralSimilarityOptions().MinimumSide;

    private readonly Func<Tensor, Tensor, MetricOptions, Tensor> measure;

    /// <summary>Creates a metric.</summary>
    /// <param name="name">Name, for tables, logs and <see cref="RestorationTrainingOptions.BestBy"/>.</param>
    /// <param name="measure">
    /// Measures restored images against references, both (N, channels, H, W) with values in [0, 1], and returns N values. The options hold
    /// the border to leave out, the channels to compare and whether to round to 8 bits.
    /// </param>
    /// <param name="higherIsBetter">Whether better images have higher values. Default: true.</param>
    /// <param name="minimumSide">Smallest height and width that can be measured. Default: 1.</param>
    /// <exception cref="ArgumentException">
    /// The name is empty, has a comma, quotation mark or line break, or is <c>psnr</c>, <c>ssim</c> or <c>lpips</c>.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">The side is below 1.</exception>
    public EvaluationMetric(
        string name, Func<Tensor, Tensor, MetricOptions, Tensor> measure, bool higherIsBetter = true, int minimumSide = 1)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(measure);
        ArgumentOutOfRangeException.ThrowIfLessThan(minimumSide, 1);
        if (name.AsSpan().IndexOfAny(",\"\r\n") >= 0 || RestorationScores.Usual.Contains(name))
        {
            throw new ArgumentException(
                $"The name is '{name}'; expected one without commas, quotation marks and line breaks, other than "
                + $"{string.Join(", ", RestorationScores.Usual)}.",
                nameof(name));
        }

        this.measure = measure;
        Name = name;
        HigherIsBetter = higherIsBetter;
        MinimumSide = minimumSide;
    }

    /// <summary>MS-SSIM (Wang, Simoncelli and Bovik 2003).</summary>
    public static EvaluationMetric MsSsim { get; } =
        new("ms-ssim", (x, y, options) => MultiScaleStructuralSimilarity.Measure(x, y, options), minimumSide: LeastLevels);

    /// <summary>HaarPSI (Reisenhofer et al. 2018).</summary>
    public static EvaluationMetric HaarPsi { get; } = new("haarpsi", Metrics.HaarPsi.Measure, minimumSide: Metrics.HaarPsi.MinimumSide);

    /// <summary>GMSD (Xue et al. 2014); lower is better.</summary>
    public static EvaluationMetric Gmsd { get; } =
        new("gmsd", Metrics.Gmsd.Measure, higherIsBetter: false, minimumSide: Metrics.Gmsd.MinimumSide);

    /// <summary>MS-GMSD (Zhang et al. 2017); lower is better.</summary>
    public static EvaluationMetric MsGmsd { get; } =
        new("ms-gmsd", MultiScaleGmsd.Measure, higherIsBetter: false, minimumSide: MultiScaleGmsd.MinimumSide);

    /// <summary>VIF in the pixel domain (Sheikh and Bovik 2006).</summary>
    public static EvaluationMetric Vif { get; } =
        new("vif", VisualInformationFidelity.Measure, minimumSide: VisualInformationFidelity.MinimumSide);

    /// <summary>FSIM of the luma (Zhang et al. 2011).</summary>
    public static EvaluationMetric Fsim { get; } =
        new("fsim", FeatureSimilarity.Measure, minimumSide: FeatureSimilarity.MinimumSide);

    /// <summary>All metrics of this class.</summary>
    public static IReadOnlyList<EvaluationMetric> All { get; } = [MsSsim, HaarPsi, Gmsd, MsGmsd, Vif, Fsim];

    /// <summary>Name of the metric, for tables, logs and <see cref="RestorationTrainingOptions.BestBy"/>.</summary>
    public string Name { get; }

    /// <summary>Whether better images have higher values.</summary>
    public bool HigherIsBetter { get; }

    /// <summary>Smallest height and width that can be measured.</summary>
    public int MinimumSide { get; }

    /// <inheritdoc/>
    public override string ToString() => Name;

    /// <summary>Measures one image.</summary>
    internal double Measure(Tensor restored, Tensor reference, MetricOptions options) =>
        measure(restored, reference, options).to(ScalarType.Float64).item<double>();
}
