using Mdf.Models.Adversarial;

namespace Mdf.Losses.Weights;

/// <summary>The discriminators that come with the package, as resources of the assembly.</summary>
internal static class PackagedWeights
{
    private static readonly Dictionary<RestorationTask, string> Files = new()
    {
        [RestorationTask.JpegRemoval] = "jpeg.ckpt",
        [RestorationTask.Denoising] = "denoise.ckpt",
        [RestorationTask.SuperResolution] = "sisr.ckpt",
    };

    /// <summary>The file name of a task's weights.</summary>
    public static string NameOf(RestorationTask task) => Files.TryGetValue(task, out string? name)
        ? name
        : throw new ArgumentOutOfRangeException(nameof(task), task, $"There is no task {task}; expected one of {string.Join(", ", Files.Keys)}.");

    /// <summary>Loads a file, or where there is none, the packaged weights of that name.</summary>
    public static DiscriminatorPyramid Load(string weights)
    {
        ArgumentException.ThrowIfNullOrEmpty(weights);
        if (File.Exists(weights) || Directory.Exists(weights))
        {
            return DiscriminatorPyramid.Load(weights);
        }

        return Files.ContainsValue(weights) ? LoadPackaged(weights) : throw new FileNotFoundException(
            $"There is no file '{weights}', nor are there packaged weights of that name; those are {string.Join(", ", Files.Values)}.", weights);
    }

    /// <summary>Loads packaged weights by their file name.</summary>
    public static DiscriminatorPyramid LoadPackaged(string name)
    {
        using Stream stream = typeof(PackagedWeights).Assembly.GetManifestResourceStream($"Mdf.Losses.Weights.{name}")!;
        return DiscriminatorPyramid.Load(stream, name);
    }
}
