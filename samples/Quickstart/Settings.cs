namespace Quickstart;

/// <summary>What the command line asks for.</summary>
internal sealed record Settings(
    string? Image, string? Images, string? Weights, int Steps, int Side, string Device, string Output, int Seed, bool Resume)
{
    /// <summary>The file that a run can be resumed from.</summary>
    public string StateFile => Path.Combine(Output, "state.safetensors");

    /// <summary>What a run on pixels and the one that resumes it must have in common.</summary>
    public string Identity => $"image={Image ?? "synthetic"} weights={Weights ?? "untrained"} side={Side} seed={Seed}";
}
