namespace Mdf.Checkpoints.Pickle;

/// <summary>
/// Compares keys that a file chose. Those of strings are seeded by the runtime; integers hash to themselves, so that a file could
/// choose many of one hash and make each look-up as long as the file, and are seeded here.
/// </summary>
internal sealed class SeededComparer : IEqualityComparer<object>, IEqualityComparer<long>
{
    public static SeededComparer Instance { get; } = new();

    public new bool Equals(object? x, object? y) => object.Equals(x, y);

    public bool Equals(long x, long y) => x == y;

    public int GetHashCode(object obj) => obj is long number ? GetHashCode(number) : obj.GetHashCode();

    public int GetHashCode(long obj) => HashCode.Combine((int)obj, (int)(obj >> 32));
}
