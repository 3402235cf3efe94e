using static TorchSharp.torch;

namespace Mdf.Training;

/// <summary>
/// Random numbers for every purpose of a training, each from the seed and the place (a place, or a step, and what lies in it) alone: what is
/// drawn at one iteration does not depend on what was drawn before, and so a training that goes on after a stop draws what it would have
/// drawn.
/// </summary>
internal readonly struct SeedSequence(long seed)
{
    /// <summary>What numbers are drawn for.</summary>
    public enum Purpose
    {
        Generator,
        Discriminator,
        Prior,
        Step,
        Sample,
        Patches,
        Evaluation,
    }

    public Random Random(Purpose purpose, int place, int index = 0, int part = 0) => new((int)(Mixed(purpose, place, index, part) >> 33));

    public Generator Generator(Purpose purpose, int place) => new(Mixed(purpose, place, 0, 0), CPU);

    private ulong Mixed(Purpose purpose, int place, int index, int part)
    {
        ulong mixed = (ulong)seed;
        foreach (int number in (ReadOnlySpan<int>)[(int)purpose, place, index, part])
        {
            mixed = Mix(mixed + (ulong)(uint)number);
        }

        return mixed;
    }

    // SplitMix64 (Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators", 2014).
    private static ulong Mix(ulong value)
    {
        value += 0x9E3779B97F4A7C15;
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
