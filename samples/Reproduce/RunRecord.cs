using System.IO.Hashing;
using System.Text;
using System.Text.Json;

namespace Reproduce;

/// <summary>What a training gave, kept as a file, so that a table can be gone on with.</summary>
/// <param name="Description">All that decides the result.</param>
/// <param name="Psnr">Of each test image, in decibels.</param>
/// <param name="Ssim">Of each test image.</param>
/// <param name="Time">The time training took.</param>
internal sealed record RunRecord(string Description, double[] Psnr, double[] Ssim, TimeSpan Time)
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>What an earlier run with this description gave, or null.</summary>
    public static RunRecord? Find(string folder, string description) => File.Exists(PathOf(folder, description))
        ? JsonSerializer.Deserialize<RunRecord>(File.ReadAllText(PathOf(folder, description)))
        : null;

    /// <summary>Keeps it; the file is whole or not there.</summary>
    public void Save(string folder)
    {
        Directory.CreateDirectory(folder);
        string path = PathOf(folder, Description);
        File.WriteAllText($"{path}.tmp", JsonSerializer.Serialize(this, Indented));
        File.Move($"{path}.tmp", path, overwrite: true);
    }

    private static string PathOf(string folder, string description) =>
        Path.Combine(folder, $"{XxHash64.HashToUInt64(Encoding.UTF8.GetBytes(description)):x16}.json");
}
