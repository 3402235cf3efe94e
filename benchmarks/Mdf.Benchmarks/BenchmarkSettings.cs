namespace Mdf.Benchmarks;

/// <summary>What the command line says that BenchmarkDotNet does not know of.</summary>
internal static class BenchmarkSettings
{
    /// <summary>Where to compute.</summary>
    public static string Device { get; set; } = "cpu";

    /// <summary>The batches to measure, as NxHxW.</summary>
    public static string[] Sizes { get; set; } = ["16x96x96", "1x256x256", "1x1080x1920", "1x96x96", "4x96x96", "64x96x96"];

    /// <summary>Whether only to prove that everything runs, on tiny sizes.</summary>
    public static bool Quick { get; set; }
}
