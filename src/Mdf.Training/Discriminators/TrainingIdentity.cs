using System.IO.Hashing;
using System.Text.Json;
using static TorchSharp.torch;

namespace Mdf.Training.Discriminators;

/// <summary>Collects everything that determines the result of a training: settings, distortion and images.</summary>
internal static class TrainingIdentity
{
    /// <summary>Returns the identity as named values. The save interval is left out, because it does not affect the result.</summary>
    public static IReadOnlyDictionary<string, string> Of(
        DiscriminatorTrainingOptions options, IReadOnlyList<SeedImage> images, TrainingDistortion distortion)
    {
        var identity = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["task"] = distortion.Task,
            ["coarsest distortion"] = distortion.Coarsest.Description,
            ["finer distortion"] = distortion.Finer.Description,
            ["images"] = string.Join(
                ", ", images.Select(i => $"{i.Name} ({i.Pixels.shape[3]} x {i.Pixels.shape[2]}, CRC-32 {Checksum(i.Pixels):x8})")),
        };
        foreach (JsonProperty property in JsonSerializer.SerializeToElement(options).EnumerateObject())
        {
            if (property.Name != nameof(DiscriminatorTrainingOptions.SaveInterval))
            {
                identity.Add(property.Name, property.Value.GetRawText());
            }
        }

        return identity;
    }

    private static uint Checksum(Tensor pixels)
    {
        using var scope = NewDisposeScope();
        return Crc32.HashToUInt32(pixels.detach().to(ScalarType.Float32).cpu().contiguous().bytes);
    }
}
