namespace Mdf.Training;

/// <summary>The processes that do one job together, seen from one of them.</summary>
/// <remarks>
/// <see cref="Average"/>, <see cref="Broadcast"/>, <see cref="Barrier"/> and disposal are joint: every process calls them, in one order,
/// on one thread, and waits for the others. Package Mdf.Distributed has groups over MPI.
/// </remarks>
public interface IProcessGroup : IDisposable
{
    /// <summary>Number of this process, from 0 to <see cref="Size"/> - 1.</summary>
    int Rank { get; }

    /// <summary>Number of processes.</summary>
    int Size { get; }

    /// <summary>Number of this process among those of its machine, from 0; the number of its GPU.</summary>
    int LocalRank { get; }

    /// <summary>Replaces numbers by their means over all processes, which all of them receive.</summary>
    /// <param name="values">This process's numbers, as many in each process; receives the means.</param>
    void Average(Span<float> values);

    /// <summary>Copies bytes from one process to all others.</summary>
    /// <param name="values">The bytes to send in the process <paramref name="root"/>; receives them in the others.</param>
    /// <param name="root">The rank that sends.</param>
    void Broadcast(Span<byte> values, int root);

    /// <summary>Waits until all processes have called this method.</summary>
    void Barrier();

    /// <summary>Ends all processes at once, without waiting for the others. A group over MPI does not return from it.</summary>
    /// <param name="reason">The cause, for the message on the standard error stream.</param>
    void Abort(string reason);
}
