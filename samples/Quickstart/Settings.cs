namespace Quickstart;

/// <summary>Settings from the command line.</summary>
internal sealed record Settings(
    string? Image, string? Images, string? Weights, int Steps, int Side, string Device, string Output, int Seed, bool Resume)
{
    /// <summary>The state file, which a run resumes from.</summary>
    public string StateFile => Path.Combine(Output, "state.safetensors");

    /// <summary>Settings that a run on pixels must share with a saved state to resume from it.</summary>
    public string Identity => $"image={Image ?? "synthetic"} weights={Weights ?? "untrained"} side={Side} seed={Seed}";
}
