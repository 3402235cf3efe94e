using System.Globalization;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;

namespace Mdf.Benchmarks;

/// <summary>Shows <see cref="PeakMemory"/> as a column.</summary>
internal sealed class PeakMemoryColumn : IColumn
{
    // Every table that BenchmarkDotNet writes asks again.
    private readonly Dictionary<Scenario, string> known = [];

    public string Id => nameof(PeakMemoryColumn);

    public string ColumnName => "Peak MiB";

    public bool AlwaysShow => true;

    public ColumnCategory Category => ColumnCategory.Metric;

    public int PriorityInCategory => 0;

    public bool IsNumeric => true;

    public UnitType UnitType => UnitType.Dimensionless;

    public string Legend =>
        "Peak of resident memory, native memory included (on a GPU, of its memory), on top of inputs and weights, in a process of its own";

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase)
    {
        // To prove that it runs, one is enough: each is a process of its own.
        if (
            benchmarkCase.Parameters[nameof(LossStep.Case)] is not Scenario scenario
                || !BenchmarkSettings.MeasuresMemory || (BenchmarkSettings.Quick && scenario.Variant != Variant.Fused))
        {
            return "-";
        }

        if (!known.TryGetValue(scenario, out string? peak))
        {
            peak = PeakMemory.OfChild(
                scenario.Variant, scenario.Size, BenchmarkSettings.Device).ToString("f0", CultureInfo.InvariantCulture);
            known.Add(scenario, peak);
        }

        return peak;
    }

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase, SummaryStyle style) => GetValue(summary, benchmarkCase);

    public bool IsAvailable(Summary summary) => true;

    public bool IsDefault(Summary summary, BenchmarkCase benchmarkCase) => false;
}
