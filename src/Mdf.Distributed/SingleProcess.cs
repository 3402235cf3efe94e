using Mdf.Training;

namespace Mdf.Distributed;

/// <summary>The group of one process.</summary>
internal sealed class SingleProcess : IProcessGroup
{
    public int Rank => 0;

    public int Size => 1;

    public int LocalRank => 0;

    public void Average(Span<float> values)
    {
    }

    public void Broadcast(Span<byte> values, int root)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(root, 0);
    }

    public void Barrier()
    {
    }

    public void Abort(string reason)
    {
        Console.Error.WriteLine(reason);
        Environment.Exit(1);
    }

    public void Dispose()
    {
    }
}
