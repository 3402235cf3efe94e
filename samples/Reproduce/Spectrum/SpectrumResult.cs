namespace Reproduce.Spectrum;

/// <summary>How strongly a loss responds to sinusoids.</summary>
/// <param name="Rows">One row for each colour and frequency.</param>
internal sealed record SpectrumResult(IReadOnlyList<SpectrumRow> Rows)
{
    /// <summary>
    /// Returns the responses of a colour by frequency, as multiples of the geometric mean of luma's: means over the images.
    /// </summary>
    public IReadOnlyList<(double Frequency, double Response)> Relative(string color)
    {
        double mean = Math.Exp(Rows.Where(r => r.Color == Rows[0].Color).Average(r => Math.Log(r.Losses.Average())));
        return [.. Rows.Where(r => r.Color == color).Select(r => (r.Frequency, r.Losses.Average() / mean))];
    }
}

/// <summary>Responses to a colour and frequency.</summary>
/// <param name="Color">Name of the colour.</param>
/// <param name="Frequency">Cycles a pixel.</param>
/// <param name="Losses">Loss of each image, the mean over orientations and phases.</param>
internal sealed record SpectrumRow(string Color, double Frequency, IReadOnlyList<double> Losses);
