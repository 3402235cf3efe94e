namespace Mdf.Checkpoints.Pickle;

/// <summary>
/// Compares and hashes keys that a file chose. The runtime seeds the hashes of strings but not of integers; without a seed, a file could
/// choose integers of equal hash and make every look-up scan all of them.
/// </summary>
internal sealed class SeededComparer : IEqualityComparer<object>, IEqualityComparer<long>
{
    public static SeededComparer Instance { get; } = new();

    public new bool Equals(object? x, object? y) => object.Equals(x, y);

    public bool Equals(long x, long y) => x == y;

    public int GetHashCode(object obj) => obj is long number ? GetHashCode(number) : obj.GetHashCode();

    public int GetHashCode(long obj) => HashCode.Combine((int)obj, (int)(obj >> 32));
}
