using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Mdf.Training;

namespace Mdf.Distributed.Mpi;

/// <summary>All processes that an MPI launcher started.</summary>
internal sealed class MpiProcessGroup : IProcessGroup
{
    // Counts are C integers.
    private const int LargestMessage = 1 << 28;
    private const int LongestText = 8192;
    private const int LongestHostName = 256;

    // A cause that all ranks share is told by rank 0.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private static bool hasJoined;

    private readonly MpiLibrary library;
    private readonly int thread = Environment.CurrentManagedThreadId;
    private bool isDisposed;

    /// <exception cref="ProcessGroupException">The library lacks thread support, or does not belong to the launcher.</exception>
    /// <exception cref="InvalidOperationException">This process has joined before.</exception>
    public MpiProcessGroup(MpiLibrary library, Launcher launcher)
    {
        this.library = library;
        Initialize();
        Check(library.Functions.Rank(library.Handles.World, out int rank), "MPI_Comm_rank");
        Check(library.Functions.Size(library.Handles.World, out int size), "MPI_Comm_size");
        (Rank, Size) = (rank, size);
        if (size == 1 && launcher.Size > 1)
        {
            library.Functions.Finish();
            throw new ProcessGroupException(
                $"{library.Version} ('{library.Name}') counts 1 process, but {launcher.Name} started {launcher.Size}: the library does not "
                + $"belong to the launcher. Use the library's own launcher, name the launcher's library in {ProcessGroup.LibraryVariable}, "
                + "or give srun the interface of the library, such as --mpi=pmix.");
        }

        LocalRank = launcher.LocalRank ?? CountBeforeOnThisMachine();
    }

    public int Rank { get; }

    public int Size { get; }

    public int LocalRank { get; }

    public void Average(Span<float> values)
    {
        RequireThread();
        for (int i = 0; i < values.Length; i += LargestMessage)
        {
            Span<float> part = values[i..Math.Min(i + LargestMessage, values.Length)];
            MpiHandles handles = library.Handles;
            Check(
                library.Functions.AllReduce(
                    handles.InPlace, ref MemoryMarshal.GetReference(part), part.Length, handles.Float, handles.Sum, handles.World),
                "MPI_Allreduce");
        }

        Divide(values, Size);
    }

    public void Broadcast(Span<byte> values, int root)
    {
        RequireThread();
        if (root < 0 || root >= Size)
        {
            throw new ArgumentOutOfRangeException(nameof(root), $"root is {root}; expected 0 to {Size - 1}.");
        }

        for (int i = 0; i < values.Length; i += LargestMessage)
        {
            Span<byte> part = values[i..Math.Min(i + LargestMessage, values.Length)];
            Check(
                library.Functions.Broadcast(
                    ref MemoryMarshal.GetReference(part), part.Length, library.Handles.Bytes, root, library.Handles.World),
                "MPI_Bcast");
        }
    }

    public void Barrier()
    {
        RequireThread();
        Check(library.Functions.Barrier(library.Handles.World), "MPI_Barrier");
    }

    public void Abort(string reason)
    {
        if (Rank > 0)
        {
            Thread.Sleep(Patience);
        }

        Console.Out.Flush();
        Console.Error.WriteLine($"Rank {Rank} of {Size} ends the job: {reason}");
        Console.Error.Flush();
        library.Functions.Abort(library.Handles.World, 1);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!isDisposed)
        {
            RequireThread();
            isDisposed = true;
            library.Functions.Finish();
        }
    }

    private static void Divide(Span<float> values, int divisor)
    {
        Span<Vector<float>> vectors = MemoryMarshal.Cast<float, Vector<float>>(values);
        var all = new Vector<float>(divisor);
        foreach (ref Vector<float> vector in vectors)
        {
            vector /= all;
        }

        foreach (ref float value in values[(vectors.Length * Vector<float>.Count)..])
        {
            value /= divisor;
        }
    }

    private void Initialize()
    {
        Check(library.Functions.IsInitialized(out int isInitialized), "MPI_Initialized");
        if (hasJoined || isInitialized != 0)
        {
            throw new InvalidOperationException(
                "This process has joined an MPI job before, which it can do only once; keep the group until the end.");
        }

        hasJoined = true;
        Check(library.Functions.Initialize(0, 0, library.Handles.Funneled, out int provided), "MPI_Init_thread");
        if (provided < library.Handles.Funneled)
        {
            library.Functions.Finish();
            throw new ProcessGroupException(
                $"{library.Version} ('{library.Name}') gives thread support {provided}; expected at least {library.Handles.Funneled} "
                + "(MPI_THREAD_FUNNELED), because .NET has threads of its own. Use a library that was built with thread support.");
        }
    }

    private int CountBeforeOnThisMachine()
    {
        byte[] own = new byte[LongestHostName], other = new byte[LongestHostName];
        Encoding.UTF8.GetBytes(Environment.MachineName.AsSpan(0, Math.Min(Environment.MachineName.Length, LongestHostName / 4)), own);
        int count = 0;
        for (int rank = 0; rank < Size; rank++)
        {
            own.CopyTo(other, 0);
            Broadcast(other, rank);
            count += rank < Rank && own.AsSpan().SequenceEqual(other) ? 1 : 0;
        }

        return count;
    }

    private void RequireThread([CallerMemberName] string member = "")
    {
        ObjectDisposedException.ThrowIf(isDisposed, this);
        if (Environment.CurrentManagedThreadId != thread)
        {
            throw new InvalidOperationException(
                $"{member} was called on thread {Environment.CurrentManagedThreadId}; expected thread {thread}, which joined the group: "
                + "MPI is initialised for calls of one thread. Make the group where it is used, and do not await in between.");
        }
    }

    private void Check(int status, string function)
    {
        if (status == 0)
        {
            return;
        }

        byte[] text = new byte[LongestText];
        string reason = library.Functions.ErrorText(status, text, out int length) == 0
            ? Encoding.UTF8.GetString(text, 0, Math.Clamp(length, 0, LongestText)).TrimEnd('\0')
            : "no description";
        throw new ProcessGroupException($"{function} of {library.Version} failed with error {status}: {reason}");
    }
}
