using Mdf.TorchCompatibility;

namespace Mdf.Benchmarks;

/// <summary>What the command line says that BenchmarkDotNet does not know of.</summary>
internal static class BenchmarkSettings
{
    /// <summary>The argument that leaves glibc's allocator as it is.</summary>
    public const string GlibcDefaults = "--glibc-defaults";

    /// <summary>Whether it was given; else freed memory is kept (<see cref="TensorMemory.KeepFreedBlocks"/>).</summary>
    public static bool HasGlibcDefaults { get; set; }

    /// <summary>The argument that lets a GPU's convolutions of float32 round to TF32.</summary>
    public const string TensorFloat32Argument = "--tf32";

    /// <summary>Whether it was given.</summary>
    public static bool TensorFloat32 { get; set; }

    /// <summary>Where to compute.</summary>
    public static string Device { get; set; } = "cpu";

    /// <summary>The batches to measure, as NxHxW.</summary>
    public static string[] Sizes { get; set; } = ["16x96x96", "1x256x256", "1x1080x1920", "1x96x96", "4x96x96", "64x96x96"];

    /// <summary>The variants to measure.</summary>
    public static Variant[] Variants { get; set; } = Enum.GetValues<Variant>();

    /// <summary>The option that sets <see cref="WorkingMemory"/>.</summary>
    public const string WorkingMemoryArgument = "--working-memory";

    /// <summary>MdfLoss's working memory in MiB; null for its default.</summary>
    public static int? WorkingMemory { get; set; }

    /// <summary>Rounds before those that are measured.</summary>
    public static int Warmups { get; set; } = 2;

    /// <summary>Rounds that are measured.</summary>
    public static int Iterations { get; set; } = 7;

    /// <summary>Whether to run each variant once more, in a process of its own, for its peak memory.</summary>
    public static bool MeasuresMemory { get; set; } = true;

    /// <summary>Whether only to prove that everything runs, on tiny sizes.</summary>
    public static bool Quick { get; set; }
}
