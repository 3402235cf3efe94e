namespace Mdf.Benchmarks;

/// <summary>What the command line says that BenchmarkDotNet does not know of.</summary>
internal static class BenchmarkSettings
{
    /// <summary>Where to compute.</summary>
    public static string Device { get; set; } = "cpu";

    /// <summary>Whether only to prove that everything runs, on tiny sizes.</summary>
    public static bool Quick { get; set; }
}
