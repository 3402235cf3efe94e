namespace Mdf.Benchmarks;

/// <summary>What the command line says that BenchmarkDotNet does not know of.</summary>
internal static class BenchmarkSettings
{
    /// <summary>The argument that leaves glibc's allocator as it is.</summary>
    public const string GlibcDefaults = "--glibc-defaults";

    /// <summary>Whether it was given; else freed memory is kept (<see cref="TensorMemory.KeepFreedBlocks"/>).</summary>
    public static bool HasGlibcDefaults { get; set; }

    /// <summary>Where to compute.</summary>
    public static string Device { get; set; } = "cpu";

    /// <summary>The batches to measure, as NxHxW.</summary>
    public static string[] Sizes { get; set; } = ["16x96x96", "1x256x256", "1x1080x1920", "1x96x96", "4x96x96", "64x96x96"];

    /// <summary>The variants to measure.</summary>
    public static Variant[] Variants { get; set; } = Enum.GetValues<Variant>();

    /// <summary>Rounds before those that are measured.</summary>
    public static int Warmups { get; set; } = 2;

    /// <summary>Rounds that are measured.</summary>
    public static int Iterations { get; set; } = 7;

    /// <summary>Whether to run each variant once more, in a process of its own, for its peak memory.</summary>
    public static bool MeasuresMemory { get; set; } = true;

    /// <summary>Whether only to prove that everything runs, on tiny sizes.</summary>
    public static bool Quick { get; set; }
}
