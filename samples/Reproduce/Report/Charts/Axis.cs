using System.Globalization;

namespace Reproduce.Report.Charts;

/// <summary>A linear or logarithmic axis of a chart.</summary>
internal sealed class Axis
{
    private readonly double from;
    private readonly double to;
    private readonly double low;
    private readonly double high;
    private readonly bool isLogarithmic;

    /// <summary>Creates an axis that maps the values low to high onto the positions from to to.</summary>
    public Axis(double from, double to, double low, double high, bool isLogarithmic = false)
    {
        this.from = from;
        this.to = to;
        this.isLogarithmic = isLogarithmic;
        (this.low, this.high) = (Scaled(low), Scaled(high));
        if (this.high - this.low < 1e-9)
        {
            (this.low, this.high) = (this.low - 0.5, this.high + 0.5);
        }
    }

    /// <summary>Returns the position of a value.</summary>
    public double At(double value) => from + ((to - from) * (Scaled(value) - low) / (high - low));

    /// <summary>Returns round values for labels, about as many as wanted.</summary>
    public IReadOnlyList<(double Value, string Text)> Ticks(int wanted)
    {
        if (isLogarithmic)
        {
            int first = (int)Math.Ceiling(low - 1e-9), last = (int)Math.Floor(high + 1e-9);
            int every = Math.Max(1, (last - first + wanted) / wanted);
            return
            [
                .. Enumerable.Range(first, Math.Max(0, last - first + 1))
                    .Where(p => (p - first) % every == 0)
                    .Select(p => (Math.Pow(10, p), Power(p))),
            ];
        }

        double raw = (high - low) / Math.Max(1, wanted), magnitude = Math.Pow(10, Math.Floor(Math.Log10(raw)));
        double step = new[] { 1, 2, 2.5, 5, 10 }.Select(f => f * magnitude).First(s => s >= raw * 0.999);
        int digits = Math.Max(0, (int)Math.Ceiling(-Math.Log10(step) - 1e-9) + (Math.Abs((step / magnitude) - 2.5) < 1e-9 ? 1 : 0));
        return
        [
            .. Enumerable.Range((int)Math.Ceiling((low / step) - 1e-9), 100)
                .Select(i => i * step).TakeWhile(v => v <= high + (1e-9 * step))
                .Select(v => (v, v.ToString($"f{digits}", CultureInfo.InvariantCulture))),
        ];
    }

    private static string Power(int exponent) => exponent is >= -2 and <= 3
        ? Math.Pow(10, exponent).ToString("0.####", CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"1e{exponent}");

    private double Scaled(double value) => isLogarithmic ? Math.Log10(Math.Max(value, 1e-300)) : value;
}
