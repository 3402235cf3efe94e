using Mdf.Models.Adversarial;

namespace Mdf.Losses.Weights;

/// <summary>Loads the discriminators included in the package, which are embedded resources of the assembly.</summary>
internal static class PackagedWeights
{
    private static readonly Dictionary<RestorationTask, string> Files = new()
    {
        [RestorationTask.JpegRemoval] = "jpeg.ckpt",
        [RestorationTask.Denoising] = "denoise.ckpt",
        [RestorationTask.SuperResolution] = "sisr.ckpt",
    };

    /// <summary>Returns the file name of a task's weights.</summary>
    public static string NameOf(RestorationTask task) => Files.TryGetValue(task, out string? name)
        ? name
        : throw new ArgumentOutOfRangeException(
            nameof(task), task, $"There is no task {task}; expected one of {string.Join(", ", Files.Keys)}.");

    /// <summary>Loads a file, or the packaged weights of the given name if no such file exists.</summary>
    public static DiscriminatorPyramid Load(string weights)
    {
        ArgumentException.ThrowIfNullOrEmpty(weights);
        if (File.Exists(weights) || Directory.Exists(weights))
        {
            return DiscriminatorPyramid.Load(weights);
        }

        return Files.ContainsValue(weights) ? LoadPackaged(weights) : throw new FileNotFoundException(
            $"There is no file '{weights}' and there are no packaged weights of that name; "
            + $"expected a path or one of {string.Join(", ", Files.Values)}.",
            weights);
    }

    /// <summary>Returns whether a file hides the packaged weights of the same name.</summary>
    public static bool AreShadowed(string weights) => Files.ContainsValue(weights) && File.Exists(weights);

    /// <summary>Loads packaged weights by file name.</summary>
    public static DiscriminatorPyramid LoadPackaged(string name)
    {
        using Stream stream = typeof(PackagedWeights).Assembly.GetManifestResourceStream($"Mdf.Losses.Weights.{name}")!;
        return DiscriminatorPyramid.Load(stream, name);
    }
}
