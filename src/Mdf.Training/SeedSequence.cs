using static TorchSharp.torch;

namespace Mdf.Training;

/// <summary>
/// Derives independent random generators from a seed, a purpose and a place such as a scale or step. A draw depends on these values alone
/// and not on earlier draws, so a resumed training draws the same numbers as an uninterrupted one.
/// </summary>
internal readonly struct SeedSequence(long seed)
{
    /// <summary>The purpose of random numbers; each purpose has its own sequence.</summary>
    public enum Purpose
    {
        Generator,
        Discriminator,
        Prior,
        Step,
        Sample,
        Patches,
        Evaluation,
        Network,
        Crops,
    }

    public Random Random(Purpose purpose, int place, int index = 0, int part = 0) => new((int)(Mixed(purpose, place, index, part) >> 33));

    public Generator Generator(Purpose purpose, int place) => new(Mixed(purpose, place, 0, 0), CPU);

    public long Number(Purpose purpose, int place, int index = 0) => (long)(Mixed(purpose, place, index, 0) >> 1);

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
