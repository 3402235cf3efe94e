using System.Diagnostics.CodeAnalysis;
using Mdf.Distributed.Mpi;
using Mdf.Training;

namespace Mdf.Distributed;

/// <summary>Creates groups of processes that do one job together.</summary>
public static class ProcessGroup
{
    /// <summary>Name of the environment variable that names the MPI library: a path, or a name for the system's search.</summary>
    public const string LibraryVariable = "MDF_MPI_LIBRARY";

    /// <summary>The group of this process alone.</summary>
    [SuppressMessage("Naming", "CA1720", Justification = "A single process, not a number.")]
    public static IProcessGroup Single { get; } = new SingleProcess();

    /// <summary>Joins the processes that <c>mpirun</c>, <c>mpiexec</c> or <c>srun</c> started.</summary>
    /// <remarks>
    /// <para>
    /// The installed MPI library is found by the system's search for libraries: Open MPI, MPICH or a relative, or a library with the
    /// standard interface of MPI 5. The launcher's variables decide which comes first where several are installed;
    /// <c>MDF_MPI_LIBRARY</c> overrides the search.
    /// </para>
    /// <para>
    /// The group belongs to the calling thread (MPI_THREAD_FUNNELED). Disposing it ends MPI, and waits for the other processes to do so;
    /// a process that cannot go on calls <see cref="IProcessGroup.Abort"/> first. A process joins once. It must not start child
    /// processes.
    /// </para>
    /// </remarks>
    /// <returns>The group.</returns>
    /// <exception cref="ProcessGroupException">
    /// No MPI library was found, it is of an unknown kind, lacks a function or thread support, or does not belong to the launcher.
    /// </exception>
    /// <exception cref="InvalidOperationException">This process has joined before.</exception>
    public static IProcessGroup Mpi()
    {
        Launcher launcher = Launcher.Detect(Environment.GetEnvironmentVariable);
        string? named = Environment.GetEnvironmentVariable(LibraryVariable);
        return new MpiProcessGroup(MpiLibrary.Find(string.IsNullOrWhiteSpace(named) ? null : named, launcher.Kind), launcher);
    }
}
