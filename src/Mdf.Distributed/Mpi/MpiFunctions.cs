using System.Runtime.InteropServices;

namespace Mdf.Distributed.Mpi;

/// <summary>The functions of a loaded MPI library.</summary>
internal sealed class MpiFunctions(nint library)
{
    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    public delegate int GetLibraryVersion([Out] byte[] version, out int length);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    public delegate int GetInterfaceVersion(out int major, out int minor);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    public delegate int InitializeThread(nint argumentCount, nint arguments, int required, out int provided);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    public delegate int Query(out int value);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    public delegate int QueryGroup(nint group, out int value);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    public delegate int Reduce(nint source, ref float target, int count, nint type, nint operation, nint group);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    public delegate int Send(ref byte buffer, int count, nint type, int root, nint group);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    public delegate int Wait(nint group);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    public delegate int End(nint group, int code);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    public delegate int Quit();

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    public delegate int Describe(int code, [Out] byte[] text, out int length);

    public InitializeThread Initialize { get; } = Load<InitializeThread>(library, "MPI_Init_thread");

    public Query IsInitialized { get; } = Load<Query>(library, "MPI_Initialized");

    public QueryGroup Rank { get; } = Load<QueryGroup>(library, "MPI_Comm_rank");

    public QueryGroup Size { get; } = Load<QueryGroup>(library, "MPI_Comm_size");

    public Reduce AllReduce { get; } = Load<Reduce>(library, "MPI_Allreduce");

    public Send Broadcast { get; } = Load<Send>(library, "MPI_Bcast");

    public Wait Barrier { get; } = Load<Wait>(library, "MPI_Barrier");

    public End Abort { get; } = Load<End>(library, "MPI_Abort");

    public Quit Finish { get; } = Load<Quit>(library, "MPI_Finalize");

    public Describe ErrorText { get; } = Load<Describe>(library, "MPI_Error_string");

    /// <summary>Returns a function of a library.</summary>
    /// <exception cref="EntryPointNotFoundException">The library has no such function.</exception>
    public static T Load<T>(nint library, string name)
        where T : Delegate => Marshal.GetDelegateForFunctionPointer<T>(NativeLibrary.GetExport(library, name));
}
