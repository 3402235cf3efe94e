using Mdf.TorchCompatibility;

namespace Mdf.Benchmarks;

/// <summary>Settings of the command line that BenchmarkDotNet does not have.</summary>
internal static class BenchmarkSettings
{
    /// <summary>Argument that leaves glibc's allocator settings alone.</summary>
    public const string GlibcDefaults = "--glibc-defaults";

    /// <summary>Whether glibc's settings stay; else freed memory is kept (<see cref="TensorMemory.KeepFreedBlocks"/>).</summary>
    public static bool HasGlibcDefaults { get; set; }

    /// <summary>Argument that lets float32 convolutions round to TF32 on a GPU.</summary>
    public const string TensorFloat32Argument = "--tf32";

    /// <summary>Whether float32 convolutions may round to TF32.</summary>
    public static bool TensorFloat32 { get; set; }

    /// <summary>Device to compute on.</summary>
    public static string Device { get; set; } = "cpu";

    /// <summary>Batches to measure, as NxHxW.</summary>
    public static string[] Sizes { get; set; } = ["16x96x96", "1x256x256", "1x1080x1920", "1x96x96", "4x96x96", "64x96x96"];

    /// <summary>Images to restore, as WxH.</summary>
    public static string[] Images { get; set; } = ["481x321", "1920x1080"];

    /// <summary>Longer sides of the photographs to train discriminators from.</summary>
    public static int[] Sides { get; set; } = [104, 190, 250];

    /// <summary>Scales to train discriminators at.</summary>
    public static int[] Scales { get; set; } = [3, 4, 7];

    /// <summary>Networks to restore with, by their names in the zoo.</summary>
    public static string[] Networks { get; set; } = ["dncnn-17-color-merged", "edsr-baseline-x4", "srresnet-x4"];

    /// <summary>The variants to measure.</summary>
    public static Variant[] Variants { get; set; } = Enum.GetValues<Variant>();

    /// <summary>The option that sets <see cref="WorkingMemory"/>.</summary>
    public const string WorkingMemoryArgument = "--working-memory";

    /// <summary>MdfLoss's working memory in MiB; null for its default.</summary>
    public static int? WorkingMemory { get; set; }

    /// <summary>Number of warm-up rounds.</summary>
    public static int Warmups { get; set; } = 2;

    /// <summary>Number of measured rounds.</summary>
    public static int Iterations { get; set; } = 7;

    /// <summary>Whether to measure each variant's peak memory in a process of its own.</summary>
    public static bool MeasuresMemory { get; set; } = true;

    /// <summary>Whether to run everything once on tiny sizes, to see that it works.</summary>
    public static bool Quick { get; set; }
}
