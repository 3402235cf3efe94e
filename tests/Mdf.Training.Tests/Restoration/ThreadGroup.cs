using System.Runtime.ExceptionServices;

namespace Mdf.Training.Tests.Restoration;

/// <summary>A group whose processes are threads of this one.</summary>
internal sealed class ThreadGroup : IProcessGroup
{
    private readonly Common common;

    private ThreadGroup(Common common, int rank)
    {
        this.common = common;
        Rank = rank;
    }

    public int Rank { get; }

    public int Size => common.Floats.Length;

    public int LocalRank => Rank;

    /// <summary>Does work in each of several threads, and returns their results by rank.</summary>
    /// <exception cref="GroupEndedException">A thread ended the group.</exception>
    public static T[] Run<T>(int size, Func<IProcessGroup, T> work)
    {
        var common = new Common(size);
        var results = new T[size];
        var failures = new Exception?[size];
        Thread[] threads = [.. Enumerable.Range(0, size).Select(rank => new Thread(() =>
        {
            try
            {
                using var group = new ThreadGroup(common, rank);
                results[rank] = work(group);
            }
            catch (Exception e)
            {
                failures[rank] = e;
            }
        }))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        if (common.Reason is { } reason)
        {
            throw new GroupEndedException(reason);
        }

        if (failures.OfType<Exception>().FirstOrDefault() is { } failure)
        {
            Assert.All(failures, other => Assert.IsType(failure.GetType(), other));
            ExceptionDispatchInfo.Throw(failure);
        }

        return results;
    }

    public void Average(Span<float> values)
    {
        common.Floats[Rank] = values.ToArray();
        Barrier();
        for (int i = 0; i < values.Length; i++)
        {
            float sum = 0;
            foreach (float[] one in common.Floats)
            {
                sum += one[i];
            }

            values[i] = sum / Size;
        }

        Barrier();
    }

    public void Broadcast(Span<byte> values, int root)
    {
        if (Rank == root)
        {
            common.Bytes = values.ToArray();
        }

        Barrier();
        common.Bytes.CopyTo(values);
        Barrier();
    }

    public void Barrier() => common.Meeting.SignalAndWait(common.End.Token);

    public void Abort(string reason)
    {
        lock (common)
        {
            common.Reason ??= $"rank {Rank}: {reason}";
        }

        common.End.Cancel();
    }

    public void Dispose()
    {
    }

    private sealed class Common(int size)
    {
        public float[][] Floats { get; } = new float[size][];

        public byte[] Bytes { get; set; } = [];

        public Barrier Meeting { get; } = new(size);

        public CancellationTokenSource End { get; } = new();

        public string? Reason { get; set; }
    }
}

/// <summary>The exception for a group that one of its threads ended.</summary>
internal sealed class GroupEndedException(string reason) : Exception(reason);
